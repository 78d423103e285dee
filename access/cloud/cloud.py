"""One cloud, signed in to: what every command that looks at Azure begins with."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass

import httpx

from access.cloud.endpoints import Endpoints, endpoints
from access.cloud.graph import Graph
from access.cloud.progress import Progress
from access.cloud.resource_manager import ResourceManager
from access.cloud.service import Service
from access.cloud.sign_in import SignIn
from access.errors import AccessError

_TIMEOUT = httpx.Timeout(60.0, connect=15.0)


@dataclass(frozen=True)
class Cloud:
    """Its services as whoever is signed in sees them."""

    endpoints: Endpoints
    sign_in: SignIn
    graph: Graph
    resource_manager: ResourceManager


@contextmanager
def signed_in(environment: Mapping[str, str], progress: Progress) -> Iterator[Cloud]:
    """The cloud that the environment names, for the length of a `with` block.

    Raises AccessError.
    """
    with web_client() as client:
        where = endpoints(environment, client)
        with closing(SignIn.of(environment, where)) as credential:

            def service(name: str, base: str, scope: str) -> Service:
                return Service(name, base, client, lambda: credential.token(scope), progress)

            yield Cloud(
                endpoints=where,
                sign_in=credential,
                graph=Graph(service("Microsoft Graph", where.graph, where.graph_scope), progress),
                resource_manager=ResourceManager(
                    service("Resource Manager", where.resource_manager, where.resource_manager_scope)
                ),
            )


@contextmanager
def web_client() -> Iterator[httpx.Client]:
    """An HTTP client that trusts what `SSL_CERT_FILE` names. Raises AccessError if that cannot be read."""
    try:
        client = httpx.Client(timeout=_TIMEOUT)
    except (OSError, ssl.SSLError) as error:
        raise AccessError(f"SSL_CERT_FILE or SSL_CERT_DIR cannot be used: {error}. Correct or unset it.") from error
    with client:
        yield client
