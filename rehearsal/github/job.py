"""A job of a workflow, and what GitHub says of it in a token (GitHub Docs, "OpenID Connect reference")."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

ISSUER = "https://token.actions.githubusercontent.com"
LIFE = 300
"""Seconds that a token is good for."""


@dataclass(frozen=True, kw_only=True)
class Repository:
    """A repository on github.com with its ids, which no other repository and no other owner ever gets."""

    owner: str
    name: str
    owner_id: int
    id: int
    immutable: bool = True
    """Whether its subjects hold the ids: so it is since 15 July 2026 for repositories that are new, renamed or
    transferred, and for others that asked for it (GitHub Docs, "OpenID Connect reference", "Immutable subject
    claims").
    """

    @property
    def full_name(self) -> str:
        """`contoso/orders`."""
        return f"{self.owner}/{self.name}"


@dataclass(frozen=True, kw_only=True)
class Job:
    """One job: what its workflow was started by, and the environment it names, if it names one."""

    repository: Repository
    event: str
    """`pull_request`, `push`, `schedule`, `workflow_dispatch` …"""
    ref: str
    """`refs/heads/main`, or `refs/pull/7/merge` of a pull request."""
    environment: str | None = None

    @property
    def subject(self) -> str:
        """Environment goes before pull request, pull request before branch or tag."""
        of = self.repository
        whole = f"{of.owner}@{of.owner_id}/{of.name}@{of.id}" if of.immutable else of.full_name
        if self.environment is not None:
            return f"repo:{whole}:environment:{self.environment}"
        return f"repo:{whole}:pull_request" if self.event == "pull_request" else f"repo:{whole}:ref:{self.ref}"

    def claims(self, audience: str, now: int) -> dict[str, Any]:
        """What a token for `audience` says, issued at `now` (seconds of the epoch). Ids are text."""
        of = self.repository
        return {
            "jti": str(uuid.uuid4()),
            "iss": ISSUER,
            "sub": self.subject,
            "aud": audience,
            "nbf": now,
            "iat": now,
            "exp": now + LIFE,
            "event_name": self.event,
            "ref": self.ref,
            "repository": of.full_name,
            "repository_id": str(of.id),
            "repository_owner": of.owner,
            "repository_owner_id": str(of.owner_id),
            **({} if self.environment is None else {"environment": self.environment}),
        }
