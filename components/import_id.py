"""Import ids: how Pulumi names an object that exists already and is to be taken over.

The forms are those of terraform-provider-azuread's documentation, section "Import" of each resource.
"""

from __future__ import annotations

import re
from enum import StrEnum

from components.refusal import Refusal

_GUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_EXAMPLE = "00000000-0000-0000-0000-000000000000"


class ImportedKind(StrEnum):
    """What can be taken over; the value is the form of its id."""

    APPLICATION = "/applications/{object id}"
    IDENTIFIER_URI = "/applications/{object id}/identifierUris/{base64 of the URI}"
    SERVICE_PRINCIPAL = "/servicePrincipals/{object id}"
    ASSIGNMENT = "/servicePrincipals/{object id of the API}/appRoleAssignedTo/{assignment id}"

    @property
    def example(self) -> str:
        """An id of this form."""
        ending = {"{base64 of the URI}": "YXBpOi8vdGhpbmdz", "{assignment id}": "A0jyOssrSxmFGHkKJEUkLg"}
        text = re.sub(r"\{object id[^}]*\}", _EXAMPLE, self.value)
        for name, example in ending.items():
            text = text.replace(name, example)
        return text


_FORMS = {
    ImportedKind.APPLICATION: rf"/applications/{_GUID}",
    ImportedKind.IDENTIFIER_URI: rf"/applications/{_GUID}/identifierUris/[A-Za-z0-9+/]+={{0,2}}",
    ImportedKind.SERVICE_PRINCIPAL: rf"/servicePrincipals/{_GUID}",
    ImportedKind.ASSIGNMENT: rf"/servicePrincipals/{_GUID}/appRoleAssignedTo/[A-Za-z0-9_-]+",
}


def refusal(identifier: str, kind: ImportedKind) -> Refusal | None:
    """Says why `identifier` cannot be the import id of a `kind`, or None if it can."""
    if re.fullmatch(_FORMS[kind], identifier):
        return None
    instead = None
    bare = identifier.strip().strip("/")
    if re.fullmatch(_GUID, bare) and kind in (ImportedKind.APPLICATION, ImportedKind.SERVICE_PRINCIPAL):
        instead = kind.value.replace("{object id}", bare)
    return Refusal(f"{identifier!r} is not an import id.", f"{kind.value}", instead=instead)
