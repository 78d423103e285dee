"""One authority on loopback, one API for each token version that trusts it, and the surroundings of a function app."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import TypeVar

import httpx
import pytest
import trustme

import function_app
from tests.workload.identity_endpoint import IdentityEndpoint
from tests.workload.issuer import API, ISSUER_V1, ISSUER_V2, TENANT, Issuer
from tests.workload.server import served
from workload.api.service import service
from workload.api.settings import Settings

T = TypeVar("T")


@pytest.fixture(scope="session")
def ca(tmp_path_factory: pytest.TempPathFactory) -> Iterator[trustme.CA]:
    """A certificate authority that this process trusts, in the way that Azure's would be replaced: SSL_CERT_FILE."""
    authority = trustme.CA()
    file: Path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(str(file))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(file))
        yield authority


@pytest.fixture(scope="session")
def issuer(ca: trustme.CA) -> Iterator[Issuer]:
    """An issuer whose answers no test changes."""
    issuer = Issuer(ca)
    yield issuer
    issuer.stop()


@pytest.fixture
def own_issuer(ca: trustme.CA) -> Iterator[Issuer]:
    """An issuer to rotate, stop and break."""
    issuer = Issuer(ca)
    yield issuer
    issuer.stop()


def settings_v2(issuer: Issuer) -> Settings:
    return Settings(audience=API, issuer=ISSUER_V2, tenant_id=TENANT, authority=issuer.authority)


def settings_v1(issuer: Issuer) -> Settings:
    return Settings(audience=f"api://{API}", issuer=ISSUER_V1, tenant_id=TENANT, authority=issuer.authority)


@pytest.fixture(scope="session")
def api(issuer: Issuer) -> Iterator[httpx.Client]:
    """A client of the API that accepts v2 tokens."""
    with served(service(settings_v2(issuer))) as port, httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
        yield client


@pytest.fixture(scope="session")
def api_v1(issuer: Issuer) -> Iterator[httpx.Client]:
    """A client of the API that accepts v1 tokens."""
    with served(service(settings_v1(issuer))) as port, httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
        yield client


@pytest.fixture
def endpoint(issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> Iterator[IdentityEndpoint]:
    """An identity endpoint with good tokens, and an environment as in App Service."""
    endpoint = IdentityEndpoint(issuer.token)
    for name, value in endpoint.environment().items():
        monkeypatch.setenv(name, value)
    yield endpoint
    endpoint.close()


@pytest.fixture
def app_settings(endpoint: IdentityEndpoint, api: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment with the app settings of the function, which a test may change."""
    monkeypatch.setenv("API_URL", str(api.base_url))
    monkeypatch.setenv("API_SCOPE", f"api://{API}/.default")
    return monkeypatch


def in_process(story: Callable[[], Awaitable[T]]) -> T:
    """Run a story about one process of the function app, from its first invocation to its end."""

    async def run() -> T:
        function_app._api.cache_clear()
        try:
            return await story()
        finally:
            if function_app._api.cache_info().currsize:
                api = function_app._api()
                await api._client.aclose()
                api._tokens._credential.close()

    return asyncio.run(run())
