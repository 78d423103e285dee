"""The management of role assignments in other hands, but not of all roles."""

from __future__ import annotations

from collections.abc import Sequence

VERSION = "2.0"
"""Of the language in which conditions are written."""
_TYPE = "Microsoft.Authorization/roleAssignments"


def condition(roles: Sequence[str]) -> str:
    """Returns the condition under which only these built-in roles (their GUIDs) can be given and taken, and only to
    and from service principals.

    Without it, who may assign roles may make himself an owner. The form is that of the documentation (Azure RBAC,
    "Examples to delegate Azure role assignment management with conditions", "Constrain roles and principal types").
    """
    listed = ", ".join(roles)
    return " AND ".join(
        f"((!(ActionMatches{{'{_TYPE}/{verb}'}})) OR "
        f"(@{source}[{_TYPE}:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {{{listed}}} AND "
        f"@{source}[{_TYPE}:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase {{'ServicePrincipal'}}))"
        # What is to be given stands in the request, what is to be taken in the resource.
        for verb, source in (("write", "Request"), ("delete", "Resource"))
    )
