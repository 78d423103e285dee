"""What the API says to a token: its own code, asked in this process.

The answer is not retold here: `workload.api` is what is deployed, and only what is deployed knows what it will say.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import httpx

from access.token.claims import Token
from workload.api.keys import SigningKeys
from workload.api.refusals import KeysUnavailable, Refusal
from workload.api.routes import OPERATIONS
from workload.api.settings import Settings
from workload.api.tokens import TokenValidator

_TIMEOUT = 15.0
"""Seconds."""


@dataclass(frozen=True)
class Verdict:
    """The API's answer to one operation."""

    operation: str
    status: int
    detail: str
    reason: str
    """For the API's log: which check it was."""


@dataclass(frozen=True)
class Verdicts:
    """The API's answers, and whether the signature could be checked at all."""

    each: tuple[Verdict, ...]
    verified: bool | None
    """Whether signature and claims are right; None if the keys cannot be had."""

    @property
    def admitted(self) -> bool:
        """Whether the token opens anything."""
        return any(verdict.status < 400 for verdict in self.each)


def verdicts(token: Token, settings: Settings) -> Verdicts:
    """Returns what the API answers to each of its operations. Its keys come by OpenID Connect Discovery."""
    return asyncio.run(_ask(token, settings))


async def _ask(token: Token, settings: Settings) -> Verdicts:
    async with httpx.AsyncClient(timeout=_TIMEOUT) as client:
        keys = SigningKeys(settings, client)
        try:
            principal = await TokenValidator(settings, keys).principal(token.raw)
        except Refusal as refusal:
            said = tuple(_refused(f"{each.method} {each.path}", refusal) for each in OPERATIONS)
            return Verdicts(said, None if isinstance(refusal, KeysUnavailable) else False)
        finally:
            await keys.close()
        answers = []
        for operation in OPERATIONS:
            name = f"{operation.method} {operation.path}"
            try:
                operation.admit(principal)
                answers.append(Verdict(name, 200, "Admitted.", ""))
            except Refusal as refusal:
                answers.append(_refused(name, refusal))
        return Verdicts(tuple(answers), verified=True)


def roles_asked_for() -> tuple[str, ...]:
    """Returns every role that opens something."""
    return tuple(dict.fromkeys(role for operation in OPERATIONS for role in operation.roles))


def _refused(operation: str, refusal: Refusal) -> Verdict:
    return Verdict(operation, int(refusal.status), refusal.detail, refusal.reason)
