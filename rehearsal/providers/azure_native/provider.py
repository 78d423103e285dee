"""The azure-native provider: Pulumi's calls to the rules that all resource types share."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Final

from pulumi.provider.experimental import provider as sdk

from rehearsal.providers.azure_native import client_config, configuration
from rehearsal.providers.azure_native.autoname import name_in
from rehearsal.providers.azure_native.body import imported_inputs, previewed_outputs, refreshed_inputs, without_nulls
from rehearsal.providers.azure_native.check import faults
from rehearsal.providers.azure_native.configuration import SignedIn, sign_in
from rehearsal.providers.azure_native.diff import differences
from rehearsal.providers.azure_native.look_ups import LOOK_UPS, looked_up
from rehearsal.providers.azure_native.resource import Resource
from rehearsal.providers.azure_native.resource_type import ResourceType
from rehearsal.providers.azure_native.types import TYPES
from rehearsal.providers.errors import CancelledError, ProviderError
from rehearsal.providers.http import Deadline
from rehearsal.providers.provider import ServedProvider
from rehearsal.providers.requests import CheckRequest, ConfigureResponse, DiffRequest
from rehearsal.providers.settings import Settings, merged
from rehearsal.providers.values import Properties, Unknown, plain_map, property_map

TIMEOUT: Final = 120 * 60.0
"""Seconds that any operation may take, unless the program says otherwise (customTimeouts)."""
_GROUP_API: Final = "2020-10-01"


class AzureNativeProvider(ServedProvider):
    """Serves the package from the moment it is configured. `environment`: see `serving`.

    Like the real one it takes no secrets: the engine takes the marks off inputs and puts them back on the outputs of
    the same names.
    """

    user_agent = "rehearsal-azure-native"

    def __init__(self, environment: Mapping[str, str]) -> None:
        super().__init__(environment)
        self._signed_in: SignedIn | None = None
        self._location = ""
        self._cancelled = asyncio.Event()

    async def get_schema(self, request: sdk.GetSchemaRequest) -> sdk.GetSchemaResponse:
        if request.version != 0:
            raise ProviderError(f"unsupported schema version {request.version}")
        return sdk.GetSchemaResponse(json.dumps({"name": "azure-native", "resources": {name: {} for name in TYPES}}))

    async def check_config(self, request: sdk.CheckRequest) -> sdk.CheckResponse:
        settings = Settings(plain_map(request.new_inputs), self.environment)
        wrong = configuration.unmodelled_keys(settings)
        return sdk.CheckResponse(request.new_inputs, [sdk.CheckFailure("", reason) for reason in wrong])

    async def diff_config(self, request: sdk.DiffRequest) -> sdk.DiffResponse:
        return sdk.DiffResponse()

    async def configure(self, request: sdk.ConfigureRequest) -> sdk.ConfigureResponse:
        settings = Settings(merged(request.variables, plain_map(request.args), "azure-native"), self.environment)
        self._location = settings.text("location")
        self._signed_in = await sign_in(settings, self.connections())
        return ConfigureResponse(supports_autonaming=True)

    async def cancel(self) -> None:
        """Stop waiting for what Azure still does; what was accepted by then is recorded as partly created."""
        self._cancelled.set()

    async def invoke(self, request: sdk.InvokeRequest) -> sdk.InvokeResponse:
        if request.tok == client_config.TOKEN:
            return sdk.InvokeResponse(property_map(await client_config.client_config(self._azure)))
        if request.tok not in LOOK_UPS:
            raise ProviderError(f"Invoke type {request.tok} not found")
        told = await looked_up(LOOK_UPS[request.tok], plain_map(request.args), self._azure, Deadline(TIMEOUT))
        return sdk.InvokeResponse(property_map(told))

    async def listed(self, type_name: str, inputs: Properties) -> list[str] | None:
        """Names are part of the inputs, so there is one place to look."""
        type_ = TYPES.get(type_name)
        if type_ is None:
            raise NotImplementedError(f"{type_name} can't be listed")
        if not all(isinstance(inputs.get(name), str) for name in type_.parameters):
            return None
        found = await self._resource(type_, inputs).found_id(self._deadline())
        return [found] if found is not None else []

    async def check(self, request: sdk.CheckRequest) -> sdk.CheckResponse:
        type_ = _type(request.urn)
        old = plain_map(request.old_inputs)
        inputs: Properties = without_nulls(plain_map(request.new_inputs))
        inputs |= name_in(
            inputs,
            old,
            parameter=type_.parameters[-1],
            naming=type_.naming,
            logical_name=request.name,
            seed=request.random_seed,
            autonaming=request.autonaming if isinstance(request, CheckRequest) else None,
        )
        if "location" in type_.inputs() and "location" not in inputs:
            location = old.get("location") or self._location or await self._location_of_group(type_, inputs)
            if location:
                inputs["location"] = location
        inputs.setdefault("azureApiVersion", type_.api_version)
        return sdk.CheckResponse(property_map(inputs), [sdk.CheckFailure("", fault) for fault in faults(type_, inputs)])

    async def diff(self, request: sdk.DiffRequest) -> sdk.DiffResponse:
        if not isinstance(request, DiffRequest):
            raise ProviderError("Azure Native provider requires Pulumi CLI v3.74.0 or later")
        return differences(
            _type(request.urn),
            plain_map(request.old_inputs),
            plain_map(request.old_state),
            plain_map(request.new_inputs),
        )

    async def create(self, request: sdk.CreateRequest) -> sdk.CreateResponse:
        type_, inputs = _type(request.urn), plain_map(request.properties)
        if request.preview:
            return sdk.CreateResponse("", property_map(previewed_outputs(type_, inputs, None)))
        resource = self._resource(type_, inputs)
        resource_id, outputs = await resource.create(inputs, self._deadline(request.timeout))
        return sdk.CreateResponse(resource_id, property_map(outputs))

    async def read(self, request: sdk.ReadRequest) -> sdk.ReadResponse:
        type_ = _type(request.urn)
        resource = Resource(type_, request.resource_id, self._azure.resource_manager)
        read = await resource.read(self._deadline())
        if read is None:
            return sdk.ReadResponse("")
        known, inputs = plain_map(request.properties), plain_map(request.inputs)
        if not inputs:
            inputs = imported_inputs(type_, request.resource_id, read)
        elif known:
            inputs = refreshed_inputs(type_, inputs, known, read)
        return sdk.ReadResponse(request.resource_id, property_map(read), property_map(inputs))

    async def update(self, request: sdk.UpdateRequest) -> sdk.UpdateResponse:
        type_, inputs, old = _type(request.urn), plain_map(request.news), plain_map(request.olds)
        if request.preview:
            return sdk.UpdateResponse(property_map(previewed_outputs(type_, inputs, old)))
        restored = {name: value for name, value in type_.restored.items() if name not in inputs and name in old}
        resource = self._resource(type_, inputs)
        outputs = await resource.update({**inputs, **restored}, self._deadline(request.timeout))
        return sdk.UpdateResponse(property_map(outputs))

    async def delete(self, request: sdk.DeleteRequest) -> None:
        resource = Resource(_type(request.urn), request.resource_id, self._azure.resource_manager)
        await resource.delete(self._deadline(request.timeout))

    @property
    def _azure(self) -> SignedIn:
        if self._signed_in is None:
            raise ProviderError("the azure-native provider has not been configured")
        return self._signed_in

    def _deadline(self, seconds: float = 0) -> Deadline:
        """The time of one operation; none is begun any more once the engine has asked to stop."""
        if self._cancelled.is_set():
            raise CancelledError("operation canceled")
        return Deadline(seconds or TIMEOUT, self._cancelled)

    def _resource(self, type_: ResourceType, inputs: Properties) -> Resource:
        path = type_.id_of(inputs, self._azure.subscription_id)
        return Resource(type_, path, self._azure.resource_manager)

    async def _location_of_group(self, type_: ResourceType, inputs: Properties) -> object:
        """Where the resource's group is; "" when that can't be said, as of a group that is yet to be created."""
        group = inputs.get("resourceGroupName", "")
        if isinstance(group, Unknown) or not group:
            return group
        azure = self._azure
        path = f"/subscriptions/{azure.subscription_id}/resourceGroups/{group}"
        try:
            reply = await azure.resource_manager.send("GET", path, _GROUP_API, self._deadline())
        except ProviderError:
            return ""
        return reply.body.get("location", "") if reply.status == 200 and isinstance(reply.body, dict) else ""


def _type(urn: str) -> ResourceType:
    """The type of a resource: what follows the last `$` in its URN's type, before that are its parents'."""
    token = urn.split("::")[2].rpartition("$")[2]
    found = TYPES.get(token)
    if found is None:
        raise ProviderError(f"Resource type {token} not found")
    return found
