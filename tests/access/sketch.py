"""Previews and states in the shape that the engine writes them, of stacks that no program has to be written for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from access.report.preview import parse_preview
from access.report.report import Line, Report, report_on
from access.report.resource import UNKNOWN
from access.report.state import check_same_moment, parse_state

APPLICATION = "azuread:index/application:Application"
SERVICE_PRINCIPAL = "azuread:index/servicePrincipal:ServicePrincipal"
APP_ROLE_ASSIGNMENT = "azuread:index/appRoleAssignment:AppRoleAssignment"
SITE = "azure-native:web:WebApp"
STORAGE_ACCOUNT = "azure-native:storage:StorageAccount"
ROLE_ASSIGNMENT = "azure-native:authorization:RoleAssignment"

GRAPH = "99999999-0000-4000-8000-000000000000"
"""The object id of Microsoft Graph's service principal in the tenant."""
USER_READ_ALL = "df021288-bdef-4463-88db-98f22de89214"
GROUP_READ_ALL = "5b567255-7703-4780-807c-7be8301ae99b"
APP_ROLE_ASSIGNMENT_READ_WRITE_ALL = "06b708a9-e830-4db3-a914-8e69da51d44f"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
SUBSCRIPTION = "/subscriptions/50000000-0000-4000-8000-000000000002"

Record = dict[str, Any]


def urn(kind: str, name: str) -> str:
    return f"urn:pulumi:dev::sketch::{kind}::{name}"


def record(
    kind: str,
    name: str,
    identifier: str | None = None,
    inputs: Mapping[str, Any] | None = None,
    outputs: Mapping[str, Any] | None = None,
    sources: Mapping[str, Sequence[Record]] | None = None,
    **others: Any,
) -> Record:
    """Returns a resource as previews and states write it; `sources` are the resources that inputs come from."""
    sources = sources or {}
    return {
        "urn": urn(kind, name),
        "custom": True,
        **({"id": identifier} if identifier else {}),
        "type": kind,
        "inputs": dict(inputs or {}),
        "outputs": {**(inputs or {}), **(outputs or {})},
        "dependencies": [each["urn"] for given in sources.values() for each in given],
        "propertyDependencies": {
            **{key: [] for key in inputs or {}},
            **{key: [each["urn"] for each in given] for key, given in sources.items()},
        },
        **others,
    }


def site(name: str, number: int = 1, **inputs: Any) -> Record:
    """A site with a system-assigned identity whose object id ends in `number`."""
    return record(
        SITE,
        name,
        f"{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Web/sites/{name}",
        {"name": name, "identity": {"type": "SystemAssigned"}, **inputs},
        {"identity": {"type": "SystemAssigned", "principalId": principal_id(number)}},
    )


def principal_id(number: int) -> str:
    return f"10000000-0000-4000-8000-{number:012}"


def api(name: str, roles: Mapping[str, str], number: int = 900) -> tuple[Record, Record]:
    """An application with these roles (id by value), and its service principal."""
    client_id = f"20000000-0000-4000-8000-{number:012}"
    application = record(
        APPLICATION,
        f"{name}-application",
        f"/applications/30000000-0000-4000-8000-{number:012}",
        {"displayName": name, "appRoles": [{"id": each, "value": value} for value, each in roles.items()]},
        {"clientId": client_id},
    )
    principal = record(
        SERVICE_PRINCIPAL,
        f"{name}-principal",
        f"/servicePrincipals/{principal_id(number)}",
        {"clientId": client_id},
        {"objectId": principal_id(number), "displayName": name},
        {"clientId": [application]},
    )
    return application, principal


def app_role(name: str, holder: Record | str, role: str, on: Record | str = GRAPH, **others: Any) -> Record:
    """An app role assignment; holder and API are resources of the stack, or object ids."""
    sources = {
        key: [given]
        for key, given in (("principalObjectId", holder), ("resourceObjectId", on))
        if isinstance(given, dict)
    }
    return record(
        APP_ROLE_ASSIGNMENT,
        name,
        f"/servicePrincipals/x/appRoleAssignedTo/{name}",
        {"appRoleId": role, "principalObjectId": object_id(holder), "resourceObjectId": object_id(on)},
        {"resourceDisplayName": "Microsoft Graph"} if on == GRAPH else {},
        sources,
        **others,
    )


def azure_role(name: str, holder: Record | str, role: str, scope: Record | str, **inputs: Any) -> Record:
    """An Azure role assignment; holder and scope are resources of the stack, or ids."""
    sources = {key: [given] for key, given in (("principalId", holder), ("scope", scope)) if isinstance(given, dict)}
    scope_id = scope["id"] if isinstance(scope, dict) else scope
    return record(
        ROLE_ASSIGNMENT,
        name,
        f"{scope_id}/providers/Microsoft.Authorization/roleAssignments/{name}",
        {
            "principalId": object_id(holder),
            "scope": scope_id,
            "roleDefinitionId": f"{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{role}",
            **inputs,
        },
        None,
        sources,
    )


def object_id(holder: Record | str) -> str:
    if isinstance(holder, str):
        return holder
    outputs = holder["outputs"]
    found = outputs.get("objectId") or outputs["identity"]["principalId"]
    assert isinstance(found, str)
    return found


def changed(resource: Record, **inputs: Any) -> Record:
    """The same resource with other inputs, as a preview of an update or a replacement shows it: no outputs known."""
    return {**resource, "inputs": {**resource["inputs"], **inputs}, "outputs": {}}


def unknown(resource: Record, *names: str) -> Record:
    """The same resource with inputs that only `up` will know."""
    return changed(resource, **dict.fromkeys(names, UNKNOWN))


@dataclass
class Sketch:
    """A stack and what a preview says of it."""

    resources: list[Record] = field(default_factory=list)
    """The state before."""
    steps: list[Record] = field(default_factory=list)

    def has(self, *resources: Record) -> Sketch:
        self.resources += resources
        return self

    def creates(self, resource: Record) -> Sketch:
        new = {**resource, "outputs": {}}
        new.pop("id", None)
        return self._step("create", None, new)

    def updates(self, old: Record, new: Record) -> Sketch:
        return self._step("update", old, new)

    def replaces(self, old: Record, new: Record, *because: str) -> Sketch:
        return self._step("replace", old, new, replaceReasons=list(because) or None)

    def deletes(self, old: Record) -> Sketch:
        return self._step("delete", old, None)

    def leaves(self, old: Record) -> Sketch:
        """As a preview with `--show-sames` has it."""
        return self._step("same", old, changed(old))

    def imports(self, resource: Record) -> Sketch:
        return self._step("import", None, resource)

    def refreshes(self, old: Record, new: Record | None) -> Sketch:
        return self._step("refresh", old, new)

    def _step(self, operation: str, old: Record | None, new: Record | None, **others: Any) -> Sketch:
        named = new or old
        assert named is not None
        step = {"op": operation, "urn": named["urn"], "oldState": old, "newState": new, "detailedDiff": None, **others}
        self.steps.append({key: value for key, value in step.items() if value is not None})
        return self

    def preview(self) -> Record:
        """What `pulumi preview --json` writes."""
        stack = record("pulumi:pulumi:Stack", "sketch-dev", custom=False)
        root = {"op": "same", "urn": stack["urn"], "oldState": stack, "newState": stack}
        return {"config": {}, "steps": [root, *self.steps], "duration": 1, "changeSummary": {"same": 1}}

    def state(self) -> Record:
        """What `pulumi stack export` writes."""
        stack = record("pulumi:pulumi:Stack", "sketch-dev", custom=False)
        return {"version": 3, "deployment": {"manifest": {}, "resources": [stack, *self.resources]}}

    def report(self) -> Report:
        preview, state = parse_preview(self.preview(), "preview.json"), parse_state(self.state(), "state.json")
        check_same_moment(state, preview, "state.json")
        return report_on(preview, state)

    def line(self) -> Line:
        """The only line of the report."""
        (line,) = self.report().lines
        return line
