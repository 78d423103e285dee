"""A served stand-in over TLS with its own CA, and a resource group for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.azure.server import Endpoint, Options, running
from tests.rehearsal.azure.arm.clients import REGION, Azure, Group, new_name


@pytest.fixture(scope="session")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    state: Path = tmp_path_factory.mktemp("stand-in")
    with running(Options(state=state, durable=False)) as endpoint:
        yield endpoint


@pytest.fixture(scope="session")
def azure(endpoint: Endpoint) -> Iterator[Azure]:
    azure = Azure(endpoint, endpoint.client_id, endpoint.client_secret)
    yield azure
    azure.close()


@pytest.fixture
def group(azure: Azure) -> Iterator[Group]:
    name = new_name("rg")
    azure.resources.resource_groups.create_or_update(name, {"location": REGION})
    yield Group(azure, name)
    if azure.resources.resource_groups.check_existence(name):
        azure.resources.resource_groups.begin_delete(name).result()
