"""What the platform gives a resource's processes: a site's environment, an identity's endpoints."""

from __future__ import annotations

import base64
from typing import Any

from rehearsal.azure.arm import inventory, packages, sites
from rehearsal.azure.context import Context
from rehearsal.azure.errors import ControlError
from rehearsal.azure.graph import managed_identities
from rehearsal.azure.routing import Reply, Request, Route, Service


def site_environment(request: Request) -> Reply:
    """`GET /_rehearsal/sites/{name}/environment`: the variables of the site's process, its application settings, and
    with an identity also `IDENTITY_ENDPOINT` and `IDENTITY_HEADER`.
    """
    context, name = request.context, request.parameters["name"]
    variables = sites.environment(context, name)
    if variables is None:
        known = ", ".join(document["name"] for document in inventory.of_type(context, sites.TYPE)) or "none"
        raise ControlError(404, f"There is no site '{name}'. There are: {known}.")
    identity = sites.identity(context, name)
    return Reply(body=variables | (app_service(context, identity["principalId"]) if identity else {}))


def site_package(request: Request) -> Reply:
    """`GET /_rehearsal/sites/{name}/package`: the ZIP file that an instance of the site would start from now, in
    base64; 409 and why, when it could not start.
    """
    context, name = request.context, request.parameters["name"]
    site = inventory.named(context, sites.TYPE, name)
    if site is None or not site["functionAppConfig"]:
        raise ControlError(404, f"There is no site '{name}' on Flex Consumption.")
    content, failure = packages.read(context, site)
    if content is None:
        raise ControlError(409, f"'{name}' has no code to start from: {failure}")
    return Reply(body={"content": base64.b64encode(content).decode()})


def identity_endpoints(request: Request) -> Reply:
    """`GET /_rehearsal/identities/{principal}`: variables that give a process this identity, as on App Service
    (`appService`) or on a virtual machine (`imds`).
    """
    context, principal_id = request.context, request.parameters["principal"].lower()
    endpoint = managed_identities.endpoint(context, principal_id)
    if endpoint is None:
        raise ControlError(404, f"There is no managed identity with the principal id '{principal_id}'.")
    imds = {"AZURE_POD_IDENTITY_AUTHORITY_HOST": f"{context.http_url}/imds/{endpoint['header']}"}
    return Reply(body={"appService": app_service(context, principal_id), "imds": imds})


def app_service(context: Context, principal_id: str) -> dict[str, Any]:
    """The variables by which a process on App Service finds its identity; none without one."""
    endpoint = managed_identities.endpoint(context, principal_id)
    if endpoint is None:
        return {}
    return {"IDENTITY_ENDPOINT": f"{context.http_url}/msi/token", "IDENTITY_HEADER": endpoint["header"]}


ROUTES = (
    Route(
        Service.CONTROL,
        "GET",
        "/_rehearsal/sites/{name}/environment",
        site_environment,
        summary="The environment of a site's process",
    ),
    Route(
        Service.CONTROL,
        "GET",
        "/_rehearsal/sites/{name}/package",
        site_package,
        summary="The package that a site's process starts from",
    ),
    Route(
        Service.CONTROL,
        "GET",
        "/_rehearsal/identities/{principal}",
        identity_endpoints,
        summary="Where a managed identity gets its tokens",
    ),
)
