"""What a caller may do: roles on the stack's own APIs and on those that others publish."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from components import app_role
from components.granted_api import Grant
from components.import_id import ImportedKind
from components.refusal import Refusal, nearest
from settings.api import OWN, Api
from settings.fault import sentence
from settings.imported import import_id
from settings.node import Node, refuse_duplicates


def grants_of(node: Node, apis: Mapping[str, Api]) -> tuple[Grant, ...]:
    """Reads what one caller may do; `apis` are the stack's own."""
    grants = []
    seen: list[tuple[Node, tuple[str, str]]] = []
    for item in node.items("grants, each with api and roles"):
        fields = item.fields(required={"api": OWN, "roles": "[Things.Read.All]"}, optional={"import": "{}"})
        target = fields["api"].text(lambda name: _refusal_of_target(name, apis))
        refusal = _refusal_of_target(target, apis)
        target = refusal.instead or "" if refusal else target
        roles = fields["roles"].items("role values", needed=True)
        api = apis.get(target)
        rule = (lambda value, api=api: _refusal_of_own_role(value, api)) if api else None
        values = tuple(role.text(rule) for role in roles)
        grants.append(Grant(target, values, _imports(fields["import"], values)))
        seen.extend((role, (target, role.value)) for role in roles if isinstance(role.value, str))
    refuse_duplicates(seen, "grant")
    return tuple(grants)


def _imports(node: Node, roles: Sequence[str]) -> Mapping[str, str]:
    imports: dict[str, str] = {}
    for role, entry in node.entries("import ids by role").items():
        if role not in roles:
            entry.check(
                Refusal(
                    f"{role!r} is not among the roles of this grant.",
                    f"{', '.join(roles) or 'no role at all'}",
                )
            )
        imports[role] = import_id(entry, ImportedKind.ASSIGNMENT)
    return imports


def _refusal_of_target(name: str, apis: Mapping[str, Api]) -> Refusal | None:
    """Says why a grant cannot name an API of this stack like that; any other name is of an API that others publish."""
    if name in apis:
        return None
    own = {api.name: key for key, api in apis.items()}
    meant = own.get(name.casefold().removeprefix(f"{OWN}:"))
    if OWN in apis:
        if name.casefold() == OWN or meant:
            return Refusal(f"{name!r} is the API of this stack.", f"{OWN} for the API of this stack", instead=OWN)
        return None
    if meant or name.casefold() == OWN or name.casefold().startswith(f"{OWN}:"):
        return Refusal(f"{name!r} is none of the APIs of this stack.", sentence(apis), instead=meant)
    return None


def _refusal_of_own_role(value: str, api: Api) -> Refusal | None:
    declared = [role.value for role in api.roles if app_role.refusal_of_value(role.value) is None]
    if value in declared or not declared:
        return None
    return Refusal(
        f"{value!r} is not a role of the API of this stack.",
        f"{', '.join(declared)}, or another role once keyless:api.roles declares it",
        instead=nearest(value, declared),
    )
