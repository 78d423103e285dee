"""The APIs of a stack: what its configuration says of each."""

from __future__ import annotations

from dataclasses import dataclass, field

from components import app_role, identifier_uri, naming
from components.app_role import AppRole
from components.import_id import ImportedKind
from components.protected_api import ApiImports
from settings.imported import import_id
from settings.node import Node, refuse_duplicates

OWN = "own"
"""How a grant names the API of this stack."""


@dataclass(frozen=True)
class Api:
    """The API of this stack."""

    name: str
    identifier_uri: str
    """With `{clientId}` and `{tenantId}` for the ids."""
    roles: tuple[AppRole, ...]
    display_name: str | None = None
    """Of its registration, if not the one made of API and stack."""
    imports: ApiImports = field(default_factory=ApiImports)
    """What of it exists already, to be taken over."""


def api_of(node: Node) -> Api:
    """Reads one of `keyless:apis`, or `keyless:api`."""
    fields = node.fields(
        required={"name": "things", "roles": "[{value: Things.Read.All}]"},
        optional={
            "identifierUri": identifier_uri.DEFAULT,
            "displayName": "Things",
            "import": "{application: /applications/...}",
        },
    )
    uri = fields["identifierUri"]
    items = fields["roles"].items("roles, each with value and, if wanted, description and displayName", needed=True)
    api = Api(
        name=fields["name"].text(naming.refusal_of_api_name),
        identifier_uri=identifier_uri.DEFAULT if uri.value is None else uri.text(identifier_uri.refusal),
        roles=tuple(_role(item) for item in items),
        display_name=fields["displayName"].text() or None,
        imports=_imports(fields["import"]),
    )
    values = [item.at("value") for item in items]
    refuse_duplicates([(value, value.value.casefold()) for value in values if isinstance(value.value, str)], "role")
    return api


def _role(node: Node) -> AppRole:
    fields = node.fields(
        required={"value": "Things.Read.All"},
        optional={"description": "Read every thing", "displayName": "Read things"},
    )
    value = fields["value"].text(app_role.refusal_of_value)
    return AppRole(
        value=value,
        description=fields["description"].text() or value,
        display_name=fields["displayName"].text() or value,
    )


def _imports(node: Node) -> ApiImports:
    if node.value is None:
        return ApiImports()
    kinds = {
        "application": ImportedKind.APPLICATION,
        "identifierUri": ImportedKind.IDENTIFIER_URI,
        "servicePrincipal": ImportedKind.SERVICE_PRINCIPAL,
    }
    fields = node.fields(required={}, optional={key: kind.example for key, kind in kinds.items()})
    found = {key: import_id(fields[key], kind) for key, kind in kinds.items() if fields[key].value is not None}
    return ApiImports(
        application=found.get("application"),
        identifier_uri=found.get("identifierUri"),
        service_principal=found.get("servicePrincipal"),
    )
