"""The requests azuread resources cause, one by one and with their bodies, beside those of the real provider.

`golden/azuread-6.11.1-calls.jsonl` holds what pulumi-azuread 6.11.1 sent to create, change and delete resources; ids,
the host and the caller are named in braces. The answers here are the stand-in's.
"""

from __future__ import annotations

import asyncio
import json
import re
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from pulumi.provider.experimental import provider as sdk

from rehearsal.providers.azuread.provider import AzureADProvider
from rehearsal.providers.http import Http, Reply
from rehearsal.providers.requests import UpdateRequest
from rehearsal.providers.values import property_map
from tests.rehearsal.azure.stand_in import StandIn
from tests.rehearsal.providers.caller import APP_ROLE_ASSIGNMENT, Document, urn

GOLDEN = Path(__file__).parent / "golden" / "azuread-6.11.1-calls.jsonl"
ROLE = str(uuid.uuid5(uuid.NAMESPACE_URL, "0"))


class Recording(Http):
    """Real connections that write down what is sent to Microsoft Graph."""

    def __init__(self, environment: Mapping[str, str], host: str) -> None:
        super().__init__(environment, "tests")
        self._host = host
        self.sent: list[list[Any]] = []

    async def send(self, method: str, url: str, **request: Any) -> Reply:
        path = url.removeprefix(self._host)
        if path.startswith(("/v1.0/", "/beta/")):
            self.sent.append([method, path, request.get("query") or {}, request.get("body")])
        return await super().send(method, url, **request)


class Recorded(AzureADProvider):
    """The provider over recording connections."""

    def __init__(self, stand_in: StandIn) -> None:
        environment = stand_in.endpoint.environment()
        super().__init__(environment)
        self.http = Recording(environment, stand_in.endpoint.https_url)
        self._http = self.http

    def sent(self) -> list[list[Any]]:
        """What was sent since the last time."""
        sent, self.http.sent = self.http.sent, []
        return sent


def recorded() -> list[Any]:
    cases = [json.loads(line) for line in GOLDEN.read_text(encoding="utf-8").splitlines()]
    return [
        pytest.param(case, id=f"{number}-{case['type'].rpartition(':')[2]}") for number, case in enumerate(cases, 1)
    ]


def unordered(value: Any) -> Any:
    """A value with lists of texts in one order: tags and owners are sets to Graph."""
    if isinstance(value, dict):
        return {key: unordered(each) for key, each in value.items()}
    if isinstance(value, list):
        if value and all(isinstance(each, str) for each in value):
            return sorted(value)
        return [unordered(each) for each in value]
    return value


@pytest.mark.parametrize("case", recorded())
def test_the_same_is_asked_in_the_same_order(case: Document, stand_in: StandIn) -> None:
    names = {"{graph}": stand_in.endpoint.https_url}
    role = {
        "id": ROLE,
        "value": "v",
        "displayName": "d",
        "description": "d",
        "isEnabled": True,
        "allowedMemberTypes": ["Application"],
    }
    application = stand_in.made("POST", "/v1.0/applications", {"displayName": "dn", "appRoles": [role]})
    names |= {"{application}": application["id"], "{clientId}": application["appId"]}
    if case["type"] == APP_ROLE_ASSIGNMENT:
        principal = stand_in.made("POST", "/v1.0/servicePrincipals", {"appId": application["appId"]})
        names["{principal}"] = principal["id"]

    def filled(value: Any) -> Any:
        text = json.dumps(value)
        for name, meant in names.items():
            text = text.replace(name, meant)
        return json.loads(text)

    def named(requests: list[list[Any]]) -> Any:
        text = re.sub("TERRAFORM_UPDATE_[0-9a-f-]{36}", "TERRAFORM_UPDATE_{uuid}", json.dumps(requests))
        for name, meant in names.items():
            text = text.replace(meant, name)
        return unordered(json.loads(text))

    async def live() -> None:
        provider = Recorded(stand_in)
        await provider.configure(sdk.ConfigureRequest({}, {}, False, False))
        caller = stand_in.endpoint.client_id
        own = stand_in.made("GET", f"/v1.0/servicePrincipals?$filter=appId eq '{caller}'", status=200)
        names["{caller}"] = own["value"][0]["id"]
        where = urn(case["type"])

        async def goal(inputs: Any) -> Any:
            request = sdk.CheckRequest(where, {}, property_map(filled(inputs)), b"")
            checked = await provider.check(request)
            assert not checked.failures
            return checked.inputs

        inputs = await goal(case["inputs"])
        created = await provider.create(sdk.CreateRequest(where, inputs, 0, False))
        assert created.resource_id is not None
        names["{made1}"] = created.resource_id.rpartition("/")[2]
        if case["type"] == APP_ROLE_ASSIGNMENT:
            names["as{made1}"] = names.pop("{made1}")
        assert named(provider.sent()) == unordered(case["created"])
        state = created.properties
        if "updated" in case:
            changed = await goal(case["changed"])
            request = UpdateRequest(where, created.resource_id, state, changed, 0, [], False)
            state = (await provider.update(request)).properties
            assert named(provider.sent()) == unordered(case["updated"])
        if "deleted" in case:
            await provider.delete(sdk.DeleteRequest(where, created.resource_id, state, 0))
            assert named(provider.sent()) == unordered(case["deleted"])
        await provider.close()

    asyncio.run(live())
