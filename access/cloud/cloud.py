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
_GRAPH_RIGHTS = (
    "Looking takes Application.Read.All; revoking takes AppRoleAssignment.ReadWrite.All, and for credentials "
    "Application.ReadWrite.All."
)
_AZURE_RIGHTS = "Looking takes the role Reader on the subscription; revoking, Role Based Access Control Administrator."
"""What who is signed in needs (Microsoft Graph reference, "List appRoleAssignments", "application: removePassword";
Azure documentation, "Azure built-in roles").
"""


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
            graph = Service(
                "Microsoft Graph",
                where.graph,
                client,
                lambda: credential.token(where.graph_scope),
                progress,
                _GRAPH_RIGHTS,
            )
            manager = Service(
                "Resource Manager",
                where.resource_manager,
                client,
                lambda: credential.token(where.resource_manager_scope),
                progress,
                _AZURE_RIGHTS,
            )
            yield Cloud(where, credential, Graph(graph, progress), ResourceManager(manager))


@contextmanager
def web_client() -> Iterator[httpx.Client]:
    """An HTTP client that trusts what `SSL_CERT_FILE` names. Raises AccessError if that cannot be read."""
    try:
        client = httpx.Client(timeout=_TIMEOUT)
    except (OSError, ssl.SSLError) as error:
        raise AccessError(f"SSL_CERT_FILE or SSL_CERT_DIR cannot be used: {error}. Correct or unset it.") from error
    with client:
        yield client
