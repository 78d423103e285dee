"""Who a command signs in as: the stand-in's deployer, or in a rehearsed job on GitHub the client that the job names."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

from rehearsal.azure.server import Endpoint

_OWN = ("ARM_CLIENT_ID", "ARM_CLIENT_SECRET", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET")
_OF_THE_JOB = (
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
    "ACTIONS_ID_TOKEN_REQUEST_URL",
    "ARM_CLIENT_ID",
    "ARM_SUBSCRIPTION_ID",
    "ARM_TENANT_ID",
    "ARM_USE_OIDC",
)


def credentials(endpoint: Endpoint, environment: Mapping[str, str]) -> dict[str, str]:
    """The variables by which clients find the stand-in and sign in at it; `environment` is that of the command."""
    found = endpoint.environment()
    if not in_a_rehearsed_job(environment):
        return found
    job = {name: environment[name] for name in _OF_THE_JOB if environment.get(name)}
    return {name: value for name, value in found.items() if name not in _OWN} | job


def in_a_rehearsed_job(environment: Mapping[str, str]) -> bool:
    """Whether the command runs as a step of `python -m rehearsal github` that signs in by its own token: no other
    GitHub gives tokens on a loopback address.
    """
    host = urlsplit(environment.get("ACTIONS_ID_TOKEN_REQUEST_URL", "")).hostname or ""
    try:
        local = ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
    return local and environment.get("ARM_USE_OIDC", "").lower() == "true"
