"""The token that a CI system issues to a run: given, in a file, or asked of GitHub.

The variables are those of Pulumi's Azure providers (pulumi-azuread, pulumi-azure-native, "Authenticate with OpenID
Connect"); GitHub's own are set where a job has `permissions: id-token: write`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import httpx

from access.errors import AccessError

_EXCHANGE = "api://AzureADTokenExchange"
_REMEDY = "Run the job again, and give it `permissions: id-token: write`."


class NoTokenError(AccessError):
    """GitHub gives the job no token."""


def source(environment: Mapping[str, str]) -> Callable[[], str] | None:
    """Returns what brings the token, anew each time it is asked, or None if the environment says nothing of one.

    It raises OSError for a file that cannot be read, NoTokenError.
    """
    token, file = environment.get("ARM_OIDC_TOKEN"), environment.get("ARM_OIDC_TOKEN_FILE_PATH")
    if token:
        return lambda: token
    if file:
        return lambda: Path(file).read_text(encoding="utf-8").strip()
    if environment.get("ARM_USE_OIDC", "").lower() != "true":
        return None
    url, bearer = (
        environment.get(f"ARM_OIDC_REQUEST_{part}") or environment.get(f"ACTIONS_ID_TOKEN_REQUEST_{part}")
        for part in ("URL", "TOKEN")
    )
    return (lambda: _asked(url, bearer)) if url and bearer else None


def _asked(url: str, bearer: str) -> str:
    try:
        answer = httpx.get(f"{url}&audience={_EXCHANGE}", headers={"Authorization": f"Bearer {bearer}"})
        answer.raise_for_status()
        return str(answer.json()["value"])
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise NoTokenError(f"Not signed in: GitHub gives this job no token: {error}\n{_REMEDY}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise NoTokenError(f"Not signed in: what GitHub answers holds no token: {error!r}\n{_REMEDY}") from error
