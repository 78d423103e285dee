"""What the stand-in holds, for tests and for people: everything but what every stand-in has from its start."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rehearsal.azure.arm import deleted_vaults, diagnostic_settings, inventory, roles
from rehearsal.azure.context import Context
from rehearsal.azure.graph import deleted_items
from rehearsal.azure.routing import Reply, Request, Route, Service


def contents(request: Request) -> Reply:
    """`GET /_rehearsal/contents`: each entry with `id`, `name` and what tells it from its like.

    The deployer, the published APIs and their assignments are left out, so that an empty answer means that nothing of a
    deployment is left.
    """
    context = request.context
    tenant = context.tenant
    principals = [
        principal
        for principal in context.store.all("servicePrincipal")
        if not principal.get("published") and principal["id"] != tenant.deployer_principal_id
    ]
    applications = [
        application
        for application in context.store.all("application")
        if application["id"] != tenant.deployer_application_id
    ]
    return Reply(
        body={
            "applications": _entries(applications, "displayName", ("appId", "identifierUris")),
            "servicePrincipals": _entries(principals, "displayName", ("appId", "servicePrincipalType")),
            "appRoleAssignments": [_assignment(context, document) for document in _assignments(context)],
            "deletedApplications": _entries(
                deleted_items.listing(context, "application"), "displayName", ("appId", "identifierUris")
            ),
            "deletedServicePrincipals": _entries(
                deleted_items.listing(context, "servicePrincipal"), "displayName", ("appId", "servicePrincipalType")
            ),
            "resources": inventory.resources(context),
            "deletedVaults": [
                {name: document[name] for name in ("id", "name")} for document in deleted_vaults.everything(context)
            ],
            "diagnosticSettings": [
                {name: document[name] for name in ("id", "name", "scope")}
                for document in context.store.all(diagnostic_settings.KIND)
            ],
            "roleAssignments": [
                {name: document[name] for name in ("id", "name", "scope", "roleId", "principalId")}
                for document in inventory.role_assignments(context)
                if not document.get("seeded")
            ],
            "roleDefinitions": [
                {"id": document["id"], "name": document["name"], "roleName": document["roleName"]}
                for document in roles.all_custom(context)
            ],
        }
    )


def _entries(documents: Iterable[dict[str, Any]], name: str, others: tuple[str, ...]) -> list[dict[str, Any]]:
    return [
        {"id": document["id"], "name": document[name], **{other: document[other] for other in others}}
        for document in documents
    ]


def _assignments(context: Context) -> list[dict[str, Any]]:
    own = context.tenant.deployer_principal_id
    graph_assignments = {
        principal["id"] for principal in context.store.all("servicePrincipal") if principal.get("published")
    }
    return [
        document
        for document in context.store.all("appRoleAssignment")
        if not (document["principalId"] == own and document["resourceId"] in graph_assignments)
    ]


def _assignment(context: Context, document: dict[str, Any]) -> dict[str, Any]:
    resource = context.store.get("servicePrincipal", document["resourceId"])
    roles = {role["id"]: role["value"] for role in resource["appRoles"]} if resource else {}
    role = roles.get(document["appRoleId"])
    return {
        "id": document["id"],
        "name": f"{document['principalDisplayName']} may {role} on {document['resourceDisplayName']}",
        **{name: document[name] for name in ("principalId", "resourceId", "appRoleId")},
        "role": role,
    }


ROUTES = (Route(Service.CONTROL, "GET", "/_rehearsal/contents", contents, summary="What deployments left in Azure"),)
