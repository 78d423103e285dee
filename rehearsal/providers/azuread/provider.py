"""The azuread provider: Pulumi's calls to the resource kinds and look-ups of the package."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from pulumi.provider.experimental import provider as sdk

from rehearsal.providers.azuread import configuration
from rehearsal.providers.azuread.app_role_assignment import AppRoleAssignment
from rehearsal.providers.azuread.application import Application
from rehearsal.providers.azuread.application_password import ApplicationPassword
from rehearsal.providers.azuread.candidates import candidates
from rehearsal.providers.azuread.check import checked, failures
from rehearsal.providers.azuread.diff import differences
from rehearsal.providers.azuread.federated_credential import ApplicationFederatedIdentityCredential
from rehearsal.providers.azuread.graph import Graph
from rehearsal.providers.azuread.identifier_uri import ApplicationIdentifierUri
from rehearsal.providers.azuread.imports import imported_inputs, refreshed_inputs
from rehearsal.providers.azuread.lookups import look_up
from rehearsal.providers.azuread.plan import ignoring, planned
from rehearsal.providers.azuread.resource import Resource, one_error
from rehearsal.providers.azuread.service_principal import ServicePrincipal
from rehearsal.providers.azuread.state import applied, marked, prior, refreshed, unfinished
from rehearsal.providers.errors import PartlyCreatedError, ProviderError
from rehearsal.providers.http import Deadline
from rehearsal.providers.provider import ServedProvider
from rehearsal.providers.requests import ConfigureResponse
from rehearsal.providers.settings import Settings, merged
from rehearsal.providers.values import UNKNOWN, Properties, plain_map, property_map

RESOURCES: Final[Mapping[str, Resource]] = {
    kind.type_name: kind
    for kind in (
        Application(),
        ApplicationIdentifierUri(),
        ApplicationFederatedIdentityCredential(),
        ApplicationPassword(),
        ServicePrincipal(),
        AppRoleAssignment(),
    )
}


class AzureADProvider(ServedProvider):
    """Serves the package from the moment it is configured. `environment`: see `serving`.

    Like the real one it takes no secrets, resources or outputs: the engine takes the marks off inputs and puts them
    back on the outputs of the same names. Outputs that are secret by nature it marks itself.
    """

    user_agent = "rehearsal-azuread"

    def __init__(self, environment: Mapping[str, str]) -> None:
        super().__init__(environment)
        self._signed_in: Graph | None = None

    async def get_schema(self, request: sdk.GetSchemaRequest) -> sdk.GetSchemaResponse:
        return sdk.GetSchemaResponse(json.dumps({"name": "azuread", "resources": {name: {} for name in RESOURCES}}))

    async def check_config(self, request: sdk.CheckRequest) -> sdk.CheckResponse:
        settings = Settings(plain_map(request.new_inputs), self.environment)
        wrong = configuration.wrong_keys(settings)
        if not wrong:
            configuration.require_credentials(settings)
        return sdk.CheckResponse(request.new_inputs, [sdk.CheckFailure("", reason) for reason in wrong])

    async def configure(self, request: sdk.ConfigureRequest) -> sdk.ConfigureResponse:
        values = merged(request.variables, plain_map(request.args), "azuread")
        settings = Settings(values, self.environment)
        self._signed_in = await configuration.sign_in(settings, self.connections())
        return ConfigureResponse(supports_autonaming=True)

    async def invoke(self, request: sdk.InvokeRequest) -> sdk.InvokeResponse:
        try:
            result, wrong = await look_up(self._graph, request.tok, plain_map(request.args))
        except ProviderError as error:
            if str(error).startswith("unrecognized"):
                raise
            raise ProviderError(f"invoking {request.tok}: {one_error(error)}") from None
        return sdk.InvokeResponse(
            property_map(result) if result is not None else None, [sdk.CheckFailure("", reason) for reason in wrong]
        )

    async def listed(self, type_name: str, inputs: Properties) -> list[str] | None:
        return await candidates(self._graph, type_name, inputs)

    async def check(self, request: sdk.CheckRequest) -> sdk.CheckResponse:
        kind = _kind("Check", request.type)
        inputs = checked(kind.schema, plain_map(request.new_inputs))
        wrong = failures(kind.schema, request.name, inputs)
        return sdk.CheckResponse(property_map(inputs), [sdk.CheckFailure("", reason) for reason in wrong])

    async def diff(self, request: sdk.DiffRequest) -> sdk.DiffResponse:
        kind = _kind("Diff", request.type)
        old = prior(kind.schema, plain_map(request.old_state))
        inputs = plain_map(request.new_inputs)
        plan = await self._plan(kind, request.urn, old, inputs, request.ignore_changes)
        return differences(kind.schema, old, plan, inputs)

    async def create(self, request: sdk.CreateRequest) -> sdk.CreateResponse:
        kind = _kind("Create", request.type)
        plan = await self._plan(kind, request.urn, None, plain_map(request.properties), [])
        if request.preview:
            return sdk.CreateResponse("", marked(kind.schema, {**plan, "id": UNKNOWN}))
        ids: list[str] = []
        deadline = Deadline(request.timeout or kind.limits.create)
        try:
            await kind.create(self._graph, plan, deadline, ids.append)
            read = await kind.read(self._graph, ids[-1], plan, deadline)
        except ProviderError as error:
            if not ids:
                raise ProviderError(one_error(error)) from None
            reason = f"creating {request.urn}: {one_error(error)}"
            left = marked(kind.schema, {**unfinished(plan), "id": ids[-1]})
            raise PartlyCreatedError(ids[-1], left, [reason]) from None
        if read is None:
            # The object is there and the state will not know it: so it is with the real one (azuread#763).
            raise ProviderError(f"expected non-nil error with nil state during Create of {request.urn}")
        outputs = {**applied(kind.schema, read, plan), "id": ids[-1]}
        return sdk.CreateResponse(ids[-1], marked(kind.schema, outputs))

    async def read(self, request: sdk.ReadRequest) -> sdk.ReadResponse:
        kind = _kind("Read", request.type)
        if not kind.accepts_id(request.resource_id):
            return sdk.ReadResponse("")
        known = plain_map(request.properties)
        if not known and not kind.importable:
            return sdk.ReadResponse("")
        state = prior(kind.schema, known)
        try:
            read = await kind.read(self._graph, request.resource_id, state, Deadline(kind.limits.read))
        except ProviderError as error:
            raise ProviderError(f"refreshing {request.urn}: {one_error(error)}") from None
        if read is None:
            return sdk.ReadResponse("")
        # Without a state this is an import, or a look-up by `Resource.get`.
        inputs = (
            refreshed_inputs(kind.schema, plain_map(request.inputs), read)
            if known
            else imported_inputs(kind.schema, read)
        )
        outputs = {**refreshed(kind.schema, read, state), "id": request.resource_id}
        return sdk.ReadResponse(request.resource_id, marked(kind.schema, outputs), property_map(inputs))

    async def update(self, request: sdk.UpdateRequest) -> sdk.UpdateResponse:
        kind = _kind("Update", request.type)
        old = prior(kind.schema, plain_map(request.olds))
        plan = await self._plan(kind, request.urn, old, plain_map(request.news), request.ignore_changes)
        if request.preview:
            return sdk.UpdateResponse(marked(kind.schema, {**plan, "id": request.resource_id}))
        deadline = Deadline(request.timeout or kind.limits.update)
        try:
            await kind.update(self._graph, request.resource_id, old, plan, deadline)
            read = await kind.read(self._graph, request.resource_id, plan, deadline)
        except ProviderError as error:
            reason = f"updating {request.urn}: {one_error(error)}"
            state = marked(kind.schema, {**unfinished(plan), "id": request.resource_id})
            raise PartlyCreatedError(request.resource_id, state, [reason]) from None
        if read is None:
            raise ProviderError(
                f"Resource provider reported that the resource did not exist while updating {request.urn}.\n\n"
                "This is usually a result of the resource having been deleted outside of Pulumi, and can often be "
                "fixed by running `pulumi refresh` before updating."
            )
        outputs = {**applied(kind.schema, read, plan), "id": request.resource_id}
        return sdk.UpdateResponse(marked(kind.schema, outputs))

    async def delete(self, request: sdk.DeleteRequest) -> None:
        kind = _kind("Delete", request.type)
        state = prior(kind.schema, plain_map(request.properties))
        try:
            await kind.delete(self._graph, request.resource_id, state, Deadline(request.timeout or kind.limits.delete))
        except ProviderError as error:
            raise ProviderError(f"deleting {request.urn}: {one_error(error)}") from None

    @property
    def _graph(self) -> Graph:
        if self._signed_in is None:
            raise ProviderError("the azuread provider has not been configured")
        return self._signed_in

    async def _plan(
        self, kind: Resource, urn: str, old: Properties | None, inputs: Properties, ignored: list[str]
    ) -> Properties:
        plan = planned(kind.schema, old, inputs)
        try:
            kind.settle(old, plan)
            plan = ignoring(plan, old, ignored)
            await kind.examine(self._graph, old, plan, Deadline(kind.limits.read))
        except ProviderError as error:
            raise ProviderError(f"diffing {urn}: {one_error(error)}") from None
        return plan


def _kind(call: str, type_name: str) -> Resource:
    # A URN's type has the types of the resource's parents before it; the resource's own is the last.
    type_name = type_name.rpartition("$")[2]
    kind = RESOURCES.get(type_name)
    if kind is None:
        raise ProviderError(f"unrecognized resource type ({call}): {type_name}")
    return kind
