"""Graph's routes, in v1.0 and beta alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from rehearsal.azure.graph import (
    app_role_assignments,
    applications,
    directory_objects,
    federated_credentials,
    organization,
    passwords,
    restoration,
    service_principals,
)
from rehearsal.azure.graph.permissions import ASSIGN, READ, READ_TENANT, WRITE, WRITE_SERVICE_PRINCIPALS
from rehearsal.azure.routing import Reply, Request, Route, Service

Operation = tuple[str, str, Callable[[Request], Reply], tuple[str, ...], str]

_APPLICATIONS: tuple[Operation, ...] = (
    ("POST", "", applications.create, WRITE, "Create an application"),
    ("GET", "", applications.list_all, READ, "List applications"),
    ("GET", "/$count", applications.count_all, READ, "Count applications"),
)
_APPLICATION: tuple[Operation, ...] = (
    ("GET", "", applications.get, READ, "Get an application"),
    ("PATCH", "", applications.update, WRITE, "Update an application"),
    ("DELETE", "", applications.delete, WRITE, "Delete an application, with its service principal"),
    ("GET", "/owners", applications.list_owners, READ, "List an application's owners"),
    ("POST", "/owners/$ref", applications.add_owner, WRITE, "Add an owner to an application"),
    ("DELETE", "/owners/{owner}/$ref", applications.remove_owner, WRITE, "Remove an owner from an application"),
    ("POST", "/addPassword", passwords.add, WRITE, "Add a client secret"),
    ("POST", "/removePassword", passwords.remove, WRITE, "Remove a client secret"),
    (
        "POST",
        "/federatedIdentityCredentials",
        federated_credentials.create,
        WRITE,
        "Add a federated identity credential",
    ),
    (
        "GET",
        "/federatedIdentityCredentials",
        federated_credentials.list_all,
        READ,
        "List federated identity credentials",
    ),
    (
        "GET",
        "/federatedIdentityCredentials/{credential}",
        federated_credentials.get,
        READ,
        "Get a federated identity credential",
    ),
    (
        "PATCH",
        "/federatedIdentityCredentials/{credential}",
        federated_credentials.update,
        WRITE,
        "Change a federated identity credential",
    ),
    (
        "DELETE",
        "/federatedIdentityCredentials/{credential}",
        federated_credentials.delete,
        WRITE,
        "Remove a federated identity credential",
    ),
)
_SERVICE_PRINCIPALS: tuple[Operation, ...] = (
    ("POST", "", service_principals.create, WRITE_SERVICE_PRINCIPALS, "Create a service principal"),
    ("GET", "", service_principals.list_all, READ, "List service principals"),
    ("GET", "/$count", service_principals.count_all, READ, "Count service principals"),
)
_SERVICE_PRINCIPAL: tuple[Operation, ...] = (
    ("GET", "", service_principals.get, READ, "Get a service principal"),
    ("PATCH", "", service_principals.update, WRITE_SERVICE_PRINCIPALS, "Update a service principal"),
    ("DELETE", "", service_principals.delete, WRITE_SERVICE_PRINCIPALS, "Delete a service principal"),
    ("GET", "/owners", service_principals.list_owners, READ, "List a service principal's owners"),
    ("POST", "/owners/$ref", service_principals.add_owner, WRITE_SERVICE_PRINCIPALS, "Add an owner"),
    ("DELETE", "/owners/{owner}/$ref", service_principals.remove_owner, WRITE_SERVICE_PRINCIPALS, "Remove an owner"),
    ("POST", "/appRoleAssignedTo", app_role_assignments.assign_on_resource, ASSIGN, "Assign a role of this API"),
    ("GET", "/appRoleAssignedTo", app_role_assignments.list_on_resource, READ, "List assignments of this API's roles"),
    ("GET", "/appRoleAssignedTo/{assignment}", app_role_assignments.get_on_resource, READ, "Get an assignment"),
    ("DELETE", "/appRoleAssignedTo/{assignment}", app_role_assignments.delete_on_resource, ASSIGN, "Take a role away"),
    (
        "POST",
        "/appRoleAssignments",
        app_role_assignments.assign_on_principal,
        ASSIGN,
        "Assign a role to this principal",
    ),
    ("GET", "/appRoleAssignments", app_role_assignments.list_on_principal, READ, "List this principal's roles"),
    ("GET", "/appRoleAssignments/{assignment}", app_role_assignments.get_on_principal, READ, "Get an assignment"),
    (
        "DELETE",
        "/appRoleAssignments/{assignment}",
        app_role_assignments.delete_on_principal,
        ASSIGN,
        "Take a role away",
    ),
)
_DIRECTORY: tuple[Operation, ...] = (
    ("GET", "/directoryObjects/{id}", directory_objects.get, READ, "Get an object by id, whatever it is"),
    ("POST", "/directoryObjects/getByIds", directory_objects.get_by_ids, READ, "Get objects by their ids"),
    ("GET", "/directory/deletedItems/{id}", restoration.get, READ, "Get a deleted object"),
    ("POST", "/directory/deletedItems/{id}/restore", restoration.restore, WRITE, "Restore a deleted object"),
    ("DELETE", "/directory/deletedItems/{id}", restoration.purge, WRITE, "Remove a deleted object for good"),
    ("GET", "/organization", organization.list_organizations, READ_TENANT, "The tenant"),
    ("GET", "/organization/{id}", organization.get_organization, READ_TENANT, "The tenant by its id"),
    ("GET", "/domains", organization.list_domains, READ_TENANT, "The tenant's domains"),
)
# Type names in paths are known by the alias that msgraph-sdk uses, too.
_DELETED: tuple[Operation, ...] = tuple(
    operation
    for prefix in ("microsoft.graph", "graph")
    for operation in (
        (
            "GET",
            f"/directory/deletedItems/{prefix}.application",
            restoration.list_applications,
            READ,
            "List deleted applications",
        ),
        (
            "GET",
            f"/directory/deletedItems/{prefix}.servicePrincipal",
            restoration.list_service_principals,
            READ,
            "List deleted service principals",
        ),
    )
)
_OPERATIONS: tuple[tuple[str, tuple[Operation, ...]], ...] = (
    ("/applications", _APPLICATIONS),
    ("/applications/{id}", _APPLICATION),
    ("/applications(appId='{app_id}')", _APPLICATION),
    ("/servicePrincipals", _SERVICE_PRINCIPALS),
    ("/servicePrincipals/{id}", _SERVICE_PRINCIPAL),
    ("/servicePrincipals(appId='{app_id}')", _SERVICE_PRINCIPAL),
    ("", _DIRECTORY),
    ("", _DELETED),
)


def _routes() -> Iterator[Route]:
    for version in ("/v1.0", "/beta"):
        for base, operations in _OPERATIONS:
            for method, path, handler, permissions, summary in operations:
                yield Route(Service.GRAPH, method, f"{version}{base}{path}", handler, permissions, summary)


ROUTES: tuple[Route, ...] = tuple(_routes())
