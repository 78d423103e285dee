"""A stand-in, and both providers signed in to it; its contents are emptied for each test that asks for them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rehearsal.azure.server import Endpoint, Options, running
from rehearsal.providers.serving import serving
from tests.rehearsal.azure.stand_in import StandIn
from tests.rehearsal.providers.caller import Caller


@pytest.fixture(scope="session")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    with running(Options(state=tmp_path_factory.mktemp("providers"), durable=False)) as served:
        yield served


@pytest.fixture
def stand_in(endpoint: Endpoint) -> Iterator[StandIn]:
    """The stand-in, empty and in fair weather."""
    client = StandIn(endpoint)
    assert client.control.post("/_rehearsal/reset").status_code == 204
    yield client
    weather = {"latency": "none", "replicationDelay": 0, "staleReads": False}
    assert client.control.patch("/_rehearsal/weather", json=weather).status_code == 200
    client.close()


@pytest.fixture(scope="session")
def signed_in_azuread(endpoint: Endpoint) -> Iterator[Caller]:
    with serving("azuread", endpoint.environment()) as address, Caller(address) as caller:
        caller.configure()
        yield caller


@pytest.fixture(scope="session")
def signed_in_azure_native(endpoint: Endpoint) -> Iterator[Caller]:
    with serving("azure-native", endpoint.environment()) as address, Caller(address) as caller:
        caller.configure(location="westeurope")
        yield caller


@pytest.fixture
def azuread(signed_in_azuread: Caller, stand_in: StandIn) -> Caller:
    return signed_in_azuread


@pytest.fixture
def azure_native(signed_in_azure_native: Caller, stand_in: StandIn) -> Caller:
    return signed_in_azure_native
