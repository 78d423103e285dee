"""The life of one resource in Azure (pulumi-azure-native, `provider/pkg/provider/crud`)."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any, Final

from rehearsal.providers.azure_native.body import outputs_of, request_body
from rehearsal.providers.azure_native.resource_manager import RequestError, ResourceManager
from rehearsal.providers.azure_native.resource_type import ResourceType
from rehearsal.providers.azure_native.types.keyvault import KEY, VAULT
from rehearsal.providers.azure_native.types.web import WEB_APP
from rehearsal.providers.errors import PartlyCreatedError, ProviderError
from rehearsal.providers.http import Deadline
from rehearsal.providers.values import Properties

_LOG: Final = logging.getLogger(__name__)


@dataclass(frozen=True)
class Resource:
    """One resource of a type, at one path."""

    type_: ResourceType
    path: str
    azure: ResourceManager

    async def create(self, inputs: Properties, deadline: Deadline) -> tuple[str, Properties]:
        """Create it; gives its id as Azure writes it, and its outputs.

        Raises ProviderError when it is there already, RequestError when Azure refuses, PartlyCreatedError when what
        was accepted failed afterwards.
        """
        if not self.type_.is_singleton:
            await self._must_not_exist(deadline)
        return await self._written(inputs, deadline)

    async def update(self, inputs: Properties, deadline: Deadline) -> Properties:
        """Write it anew, whole. Raises as `create`."""
        return (await self._written(inputs, deadline))[1]

    async def read(self, deadline: Deadline) -> Properties | None:
        """Its outputs; None when it is not there. Raises RequestError."""
        resource = await self._got(deadline)
        if resource is None:
            return None
        if self.type_ is WEB_APP:
            resource = await self._with_configuration(resource, deadline)
        return {**outputs_of(self.type_, resource), "azureApiVersion": self.type_.api_version}

    async def found_id(self, deadline: Deadline) -> str | None:
        """Its id as Azure writes it; None when it is not there. Raises RequestError."""
        resource = await self._got(deadline)
        return None if resource is None else str(resource.get("id", self.path))

    async def _got(self, deadline: Deadline) -> dict[str, Any] | None:
        method = "POST" if self.type_.read_suffix else "GET"
        reply = await self.azure.send(method, f"{self.path}{self.type_.read_suffix}", self.type_.api_version, deadline)
        if reply.status == 404:
            return None
        if reply.status != 200 or not isinstance(reply.body, dict):
            raise RequestError(reply)
        return reply.body

    async def delete(self, deadline: Deadline) -> None:
        """Delete it; a singleton is put back to what it is by default, and its parent must still be there for that.

        Raises ProviderError for a key: that is deleted in its vault, of which only Resource Manager's side is modelled.
        """
        if self.type_ is KEY:
            raise ProviderError(
                f"the rehearsal's azure-native provider deletes {self.path} with its vault only "
                "(rehearsal/providers/LIMITATIONS.md)"
            )
        if self.type_.default_body is not None:
            await self.azure.put(self.path, self.type_.api_version, self.type_.default_body, deadline)
        else:
            await self.azure.delete(self.path, self.type_.api_version, self.type_.delete_query, deadline)

    async def _must_not_exist(self, deadline: Deadline) -> None:
        reply = await self.azure.send("GET", self.path, self.type_.api_version, deadline)
        if reply.status == 404 or reply.status == 204 or (reply.status == 200 and not reply.body):
            return
        if reply.status == 200:
            raise ProviderError(f"cannot create already existing resource '{self.path}'")
        raise ProviderError(
            f"cannot check existence of resource '{self.path}': status code {reply.status}, {reply.text}"
        )

    async def _written(self, inputs: Properties, deadline: Deadline) -> tuple[str, Properties]:
        if self.type_ is VAULT:
            inputs = await self._with_access_policies(inputs, deadline)
        reply = await self.azure.put(self.path, self.type_.api_version, request_body(self.type_, inputs), deadline)
        body = reply.body if isinstance(reply.body, dict) else {}
        resource_id = body["id"] if isinstance(body.get("id"), str) else self.path
        try:
            await self.azure.finished(reply, self.path, self.type_.api_version, deadline)
        except ProviderError as error:
            raise await self._partly(resource_id, inputs, error, deadline) from None
        # The answer of a PUT may lag behind what a later read says, so the state is what is read.
        outputs = await self._read_back(deadline)
        if outputs is None:
            outputs = {**outputs_of(self.type_, body), "azureApiVersion": self.type_.api_version}
        return resource_id, outputs

    async def _read_back(self, deadline: Deadline) -> Properties | None:
        """Its outputs after it was written; None, with a warning, when they can't be had."""
        try:
            return await self.read(deadline)
        except ProviderError as error:
            _LOG.warning("Failed to read resource after it was written, so its state is the answer: %s", error)
            return None

    async def _partly(
        self, resource_id: str, inputs: Properties, error: ProviderError, deadline: Deadline
    ) -> PartlyCreatedError:
        reasons = [str(error)]
        try:
            outputs = await self.read(deadline)
        except ProviderError as unread:
            outputs = None
            reasons = [f"resource created but read failed {unread}: {error}"]
        return PartlyCreatedError(resource_id, outputs or {}, reasons, inputs)

    async def _with_access_policies(self, inputs: Properties, deadline: Deadline) -> Properties:
        """The inputs with the access policies that the vault has, or none: each is a resource of its own unless the
        program lists them (pulumi-azure-native, `custom_keyvault.go`).
        """
        given = inputs["properties"]
        if "accessPolicies" in given:
            return inputs
        vault = await self._got(deadline)
        kept = (vault["properties"].get("accessPolicies") or []) if vault else []
        return {**inputs, "properties": {**given, "accessPolicies": kept}}

    async def _with_configuration(self, site: dict[str, Any], deadline: Deadline) -> dict[str, Any]:
        """The site with its whole configuration: GET of a site tells only some of it (pulumi-azure-native#1468)."""
        reply = await self.azure.send("GET", f"{self.path}/config/web", self.type_.api_version, deadline)
        if reply.status != 200 or not isinstance(reply.body, dict):
            raise RequestError(reply)
        return {**site, "properties": {**site["properties"], "siteConfig": reply.body.get("properties")}}
