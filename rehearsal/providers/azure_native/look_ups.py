"""Look-ups of resources: `azure-native:web:getWebApp` reads what `azure-native:web:WebApp` manages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from rehearsal.providers.azure_native.body import outputs_of
from rehearsal.providers.azure_native.configuration import SignedIn
from rehearsal.providers.azure_native.resource_manager import RequestError
from rehearsal.providers.azure_native.resource_type import ResourceType
from rehearsal.providers.azure_native.types.monitoring import COMPONENT
from rehearsal.providers.azure_native.types.web import WEB_APP
from rehearsal.providers.errors import ProviderError
from rehearsal.providers.http import Deadline
from rehearsal.providers.values import Properties

LOOK_UPS: Final[Mapping[str, ResourceType]] = {
    "azure-native:applicationinsights:getComponent": COMPONENT,
    "azure-native:web:getWebApp": WEB_APP,
}


async def looked_up(type_: ResourceType, arguments: Properties, azure: SignedIn, deadline: Deadline) -> Properties:
    """What Azure tells of the resource that the path parameters in `arguments` name (`provider.go`, Invoke).

    Raises ProviderError when it does not exist or cannot be read.
    """
    missing = [name for name in type_.parameters if name not in arguments]
    if missing:
        raise ProviderError(f"missing required property '{missing[0]}'")
    path = type_.id_of(arguments, azure.subscription_id)
    reply = await azure.resource_manager.send("GET", path, type_.api_version, deadline)
    if reply.status != 200 or not isinstance(reply.body, dict):
        raise ProviderError(f"request failed {path}: {RequestError(reply)}")
    return {**outputs_of(type_, reply.body), "id": reply.body["id"], "azureApiVersion": type_.api_version}
