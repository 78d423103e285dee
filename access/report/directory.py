"""The identities, APIs, scopes and roles that a preview and a state know of: by id where they can, else by URN."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from access.report import principal
from access.report.lives import Life, Lives
from access.report.permission import Kind, Permission, Reference
from access.report.resource import Resource, text
from access.roles.published import azure_role, graph_role
from access.roles.risk import Risk, risk_by_name

_DEFAULT_ACCESS = "00000000-0000-0000-0000-000000000000"
"""An assignment without a role (Microsoft Graph reference, "appRoleAssignment resource type")."""


@dataclass(frozen=True)
class Role:
    """A role as it can be named."""

    name: str | None
    id: str | None
    risk: Risk
    takeover: str | None = None
    """How its holder takes over everything, if it can."""


class Directory:
    """What can be looked up in the resources of a stack."""

    def __init__(self, lives: Lives) -> None:
        """Indexes `lives` once."""
        self._lives = lives
        self._principals: dict[str, Life] = {}
        self._azure: dict[str, Life] = {}
        self._applications: dict[str, Life] = {}
        self._roles: dict[int, dict[str, str]] = {}
        for life in lives:
            for resource in (life.before, life.after):
                if resource is not None:
                    self._index(resource, life)

    def _index(self, resource: Resource, life: Life) -> None:
        object_id = principal.object_id(resource)
        if object_id:
            self._principals[object_id] = life
        client_id = text(resource.output("clientId"))
        if resource.type == principal.APPLICATION and client_id:
            self._applications[client_id.lower()] = life
        if principal.is_azure(resource) and resource.id:
            self._azure[resource.id.lower()] = life

    def identity(self, permission: Permission) -> Life | None:
        """Returns the resource whose identity holds a permission, if it is one of the stack."""
        return self._found(permission.principal, self._principals, lambda one: principal.kind_of(one) is not None)

    def target(self, permission: Permission) -> Life | None:
        """Returns the API's service principal, or the scope, on which a permission is held, if it is of the stack."""
        if permission.kind is Kind.AZURE_ROLE:
            return self._found(permission.target, self._azure, principal.is_azure)
        return self._found(permission.target, self._principals, lambda one: one.type == principal.SERVICE_PRINCIPAL)

    def _found(self, wanted: Reference, by_id: dict[str, Life], fits: Callable[[Resource], bool]) -> Life | None:
        if wanted.key is not None:
            return by_id.get(wanted.key)
        sources = {
            id(life): life
            for life in map(self._lives.of, wanted.sources)
            if life and any(fits(resource) for resource in (life.before, life.after) if resource)
        }
        return next(iter(sources.values())) if len(sources) == 1 else None

    def name_of_identity(self, permission: Permission, life: Life | None, *, after: bool) -> str | None:
        """Returns what people call the identity that holds a permission; None if nothing but its id is known."""
        if life is None:
            return permission.principal_name
        return self.name_of_principal(life, after=after)

    def name_of_principal(self, life: Life, *, after: bool) -> str:
        """Returns what people call the principal that a resource brings."""
        resource = (life.after if after else life.before) or life.latest
        if principal.is_azure(resource):
            return principal.azure_name(resource)
        application = self._application_of(resource)
        registered = application and ((application.after if after else application.before) or application.latest)
        return (
            (registered and text(registered.input("displayName")))
            or text(resource.output("displayName"))
            or text(resource.input("displayName"))
            or resource.name.name
        )

    def name_of_target(self, permission: Permission, life: Life | None, *, after: bool) -> str | None:
        """Returns what people call the API or the scope of a permission; None if nothing but its id is known."""
        if permission.kind is Kind.AZURE_ROLE:
            if life is not None:
                resource = (life.after if after else life.before) or life.latest
                return f"{resource.type.rpartition(':')[2]} {principal.azure_name(resource)}"
            return permission.target.value and _scope_name(permission.target.value)
        if life is not None:
            return self.name_of_principal(life, after=after)
        of_graph = permission.role.value and graph_role(permission.role.value)
        return permission.target_name or ("Microsoft Graph" if of_graph else None)

    def role(self, permission: Permission, target: Life | None) -> Role:
        """Returns the role of a permission by name, with its risk.

        An API of this stack names its own roles. But whoever writes a program also chooses their ids: an id that is
        that of a dangerous role of Microsoft Graph is rated as that role, whatever the program calls it.
        """
        role_id = permission.role.key
        if role_id is None:
            return Role(None, None, Risk.UNKNOWN)
        if permission.kind is Kind.AZURE_ROLE:
            built_in = azure_role(role_id)
            role_id = role_id.rpartition("/")[2]
            return Role(built_in.name, role_id, built_in.risk, built_in.takeover) if built_in else _unknown(role_id)
        if role_id == _DEFAULT_ACCESS:
            return Role("default access (no role)", role_id, Risk.UNKNOWN)
        graph = graph_role(role_id)
        own = self._own_roles(target).get(role_id) if target else None
        if graph is not None and (own is None or graph.takeover):
            return Role(own or graph.name, role_id, graph.risk, graph.takeover)
        return Role(own, role_id, risk_by_name(own)) if own else _unknown(role_id)

    def _own_roles(self, api: Life) -> dict[str, str]:
        if id(api) not in self._roles:
            self._roles[id(api)] = self._read_roles(api)
        return self._roles[id(api)]

    def _read_roles(self, api: Life) -> dict[str, str]:
        """Returns the values of an API's app roles by id; what will be declared counts more than what was."""
        application = self._application_of(api.latest)
        resources = [api.before, api.after, *((application.before, application.after) if application else ())]
        values: dict[str, str] = {}
        for resource in resources:
            if resource is not None:
                for properties in (resource.outputs, resource.inputs):
                    values.update(_values(properties.get("appRoles")))
        return values

    def _application_of(self, service_principal: Resource) -> Life | None:
        client_id = text(service_principal.input("clientId"))
        if client_id:
            return self._applications.get(client_id.lower())
        sources = map(self._lives.of, service_principal.property_dependencies.get("clientId", ()))
        found = [life for life in sources if life is not None and life.latest.type == principal.APPLICATION]
        return found[0] if len(found) == 1 else None


def _unknown(role_id: str) -> Role:
    return Role(None, role_id, Risk.UNKNOWN)


def _values(app_roles: object) -> Iterable[tuple[str, str]]:
    for role in app_roles if isinstance(app_roles, list) else ():
        if isinstance(role, dict):
            role_id, value = text(role.get("id")), text(role.get("value"))
            if role_id and value:
                yield role_id.lower(), value


def _scope_name(scope: str) -> str:
    """Returns the end of an ARM id, which tells what it is: `storageAccounts/example`, `subscriptions/…`."""
    return "/".join(scope.strip("/").split("/")[-2:]) or "the whole tenant"
