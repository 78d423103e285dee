"""A stack as a laptop needs it: what it exports, and where it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from rehearsal.errors import RehearsalError

KEY = "keyless:developerClient"


@dataclass(frozen=True)
class Source:
    """One stack, in the rehearsal or in Azure."""

    stack: str
    outputs: Mapping[str, Any] = field(repr=False)
    """In clear."""
    cloud: Mapping[str, str]
    """The variables that lead azure-identity and HTTP clients to its cloud."""
    up: str
    """The command that deploys it."""
    after_a_grant: str
    """What to do once a grant has been added, as a sentence."""

    def chosen(self, caller: str | None, api: str | None) -> Source:
        """The source with the outputs of one function app and one API, of which a stack may have several.

        Raises RehearsalError when there are several and none is named, or none of that name.
        """
        outputs = {
            **self.outputs,
            **self._one("callers", "function apps", "--caller", caller),
            **self._one("apis", "APIs", "--api", api),
        }
        return replace(self, outputs=outputs)

    def _one(self, several: str, what: str, option: str, name: str | None) -> Mapping[str, Any]:
        named: Mapping[str, Mapping[str, Any]] = self.outputs.get(several) or {}
        if name is not None and name in named:
            return named[name]
        if not named and name is None:
            return {}
        wrong = f"and none is called {name!r}" if name else "and only one can run here at a time"
        if not named:
            raise RehearsalError(f"The stack {self.stack!r} has one of its {what} only: leave {option} out.")
        raise RehearsalError(
            f"The stack {self.stack!r} has several {what}, {wrong}. Name one with {option}: {', '.join(sorted(named))}"
        )

    def client(self) -> DevelopmentClient:
        """The development client. Raises RehearsalError when there is none, or its secret has expired."""
        found = self.outputs.get("developerClient")
        if not isinstance(found, Mapping):
            raise RehearsalError(
                f"The stack {self.stack!r} has no development client, so this machine cannot sign in to call its API. "
                f"Give it one:\n  pulumi config set --stack {self.stack} {KEY} true\n  {self.up}"
            )
        client = DevelopmentClient(found["clientId"], found["clientSecret"], found["expires"])
        if datetime.fromisoformat(client.expires) <= datetime.now(UTC):
            raise RehearsalError(
                f"The secret of the development client of stack {self.stack!r} expired on {client.expires[:10]}. "
                f"Deploying the stack renews it:\n  {self.up}"
            )
        return client


@dataclass(frozen=True)
class DevelopmentClient:
    """What signs a laptop in."""

    client_id: str
    client_secret: str = field(repr=False)
    expires: str
    """As RFC 3339 writes it."""
