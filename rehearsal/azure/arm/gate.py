"""What Resource Manager checks of every request before the resource's own rules.

Two checks come before sign-in: api-version (MicrosoftDocs/feedback#2279) and subscription. After authorisation
follow: the type in that version, the registration of its namespace, the resource group, locks.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rehearsal.azure.arm import group_deletion, inventory, locks, registrations, resource_ids, resource_types
from rehearsal.azure.arm.resource_types import ResourceType
from rehearsal.azure.arm.scopes import check_subscription
from rehearsal.azure.context import Context
from rehearsal.azure.errors import ArmError
from rehearsal.azure.routing import Reply, Request, Route, Service

_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}(-preview)?")


@dataclass(frozen=True)
class _Admitted:
    """A handler behind the gate."""

    handler: Callable[[Request], Reply]
    resource_type: ResourceType

    def __call__(self, request: Request) -> Reply:
        _admit(request, self.resource_type)
        return self.handler(request)


def route(
    method: str, path: str, handler: Callable[[Request], Reply], of: ResourceType, action: str, summary: str
) -> Route:
    """An operation on a resource type behind the gate; `action` is the RBAC action it takes, "" for none."""
    return Route(Service.ARM, method, path, _Admitted(handler, of), (action,) if action else (), summary)


def existence(get: Callable[[Request], Reply]) -> Callable[[Request], Reply]:
    """The handler of a HEAD, from that of the GET: 204 for what exists, 404 for what does not
    (Azure/azure-resource-manager-rpc, "Common API details").
    """

    def head(request: Request) -> Reply:
        get(request)
        return Reply(204)

    return head


def before_sign_in(context: Context, path: str, query: Mapping[str, str]) -> None:
    """The checks made of every path of Resource Manager without looking at the token.

    Raises 400 `MissingApiVersionParameter` or 404 `SubscriptionNotFound`.
    """
    if not query.get("api-version"):
        raise ArmError(
            400,
            "MissingApiVersionParameter",
            "The api-version query parameter (?api-version=) is required for all requests.",
        )
    check_subscription(context, path)


def unknown(path: str, query: Mapping[str, str]) -> ArmError:
    """The refusal of a path that no operation has: an unknown namespace, an unknown type, or one not modelled here."""
    target = resource_ids.target(path)
    modelled = "The stand-in models"
    if not target.namespace:
        return ArmError(404, "NotFound", f"{modelled} nothing at {path}. COVERAGE.md lists its operations.")
    namespace = resource_types.namespace(target.namespace)
    if namespace is None:
        names = ", ".join(resource_types.NAMESPACES)
        return ArmError(
            404,
            "InvalidResourceNamespace",
            f"The resource namespace '{target.namespace}' is invalid. ({modelled} {names}.)",
        )
    version = query.get("api-version", "")
    names = ", ".join(known.name for known in resource_types.of_namespace(namespace))
    return ArmError(
        404,
        "InvalidResourceType",
        f"The resource type '{target.type}' could not be found in the namespace '{namespace}' for api version "
        f"'{version}'. ({modelled} {names} of it; COVERAGE.md lists the operations.)",
    )


def _admit(request: Request, resource_type: ResourceType) -> None:
    context = request.context
    before_sign_in(context, request.path, request.query)
    _check_version(request, resource_type)
    writes = request.method in ("PUT", "PATCH")
    if writes:
        registrations.check(context, resource_ids.subscription_of(request.path), resource_type.namespace)
    group_deletion.settle(context)
    _check_group(request, writes=writes)
    if resource_type is not resource_types.LOCKS:
        locks.check(context, request.method, request.path)


def _check_version(request: Request, resource_type: ResourceType) -> None:
    version = request.query["api-version"]
    if version.lower() in resource_type.api_versions:
        return
    supported = resource_type.api_versions
    if resource_type.namespace == resource_types.RESOURCES or not _VERSION.fullmatch(version.lower()):
        # Azure/azure-cli#28038.
        raise ArmError(
            400,
            "InvalidApiVersionParameter",
            f"The api-version '{version}' is invalid. The supported versions are '{','.join(supported)}'.",
        )
    location = request.body.get("location") if isinstance(request.body, dict) else None
    if location and resource_type.regional:
        # pulumi/pulumi-azure-nextgen#170.
        raise ArmError(
            400,
            "NoRegisteredProviderFound",
            f"No registered resource provider found for location '{location}' and API version '{version}' for type "
            f"'{resource_type.name}'. The supported api-versions are '{', '.join(supported)}'. "
            f"The supported locations are '{', '.join(region.name for region in resource_type.regions)}'.",
        )
    # Azure/acs-engine#4037.
    raise ArmError(
        404,
        "InvalidResourceType",
        f"The resource type '{resource_type.name}' could not be found in the namespace '{resource_type.namespace}' for "
        f"api version '{version}'. The supported api-versions are '{','.join(supported)}'.",
    )


def _check_group(request: Request, *, writes: bool) -> None:
    group = resource_ids.group_name(request.path)
    if not group or len(resource_ids.segments(request.path)) == 4:
        return
    document = inventory.find(request.context, resource_ids.group_id(resource_ids.subscription_of(request.path), group))
    if document is None:
        raise ArmError(404, "ResourceGroupNotFound", f"Resource group '{group}' could not be found.")
    if writes and group_deletion.under_way(document):
        raise group_deletion.refusal(group)
