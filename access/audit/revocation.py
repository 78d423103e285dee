"""Taking away what is there and not declared."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from access.audit.finding import Finding, Kind, Standing
from access.audit.table import sentence
from access.cloud.cloud import Cloud
from access.cloud.resource_manager import AUTHORIZATION
from access.cloud.service import Answer
from access.errors import AccessError

_GONE = "EntitlementGrant being updated or deleted is not found."
"""What Microsoft Graph says of an assignment that is not there (microsoftgraph/microsoft-graph-docs#12385)."""


@dataclass(frozen=True)
class Revocation:
    """One thing to be taken away."""

    finding: Finding
    method: str
    path: str
    body: Any = None

    def __str__(self) -> str:
        """Returns the lines that are shown before anything changes."""
        return f"revoke: {sentence(self.finding)}\n    {self.method} {self.path}"


def plan(findings: Iterable[Finding]) -> list[Revocation]:
    """Returns a revocation for each finding that is not declared."""
    return [_revocation(found) for found in findings if found.standing is Standing.UNDECLARED]


def carry_out(revocation: Revocation, cloud: Cloud) -> None:
    """Takes one thing away; what is gone already is no error. Raises AccessError."""
    found = revocation.finding
    if found.kind is Kind.AZURE_ROLE:
        answer = cloud.resource_manager.send("DELETE", revocation.path, AUTHORIZATION)
        cloud.resource_manager.service.check(f"DELETE {revocation.path}", answer)
        return
    body = revocation.body
    if found.kind is Kind.CERTIFICATE:
        body = _others(found, cloud)
    service = cloud.graph.service
    answer = service.send(revocation.method, f"/v1.0{revocation.path}", body=body)
    if answer.status == 404 or _GONE in _message(answer):
        return
    service.check(f"{revocation.method} {revocation.path}", answer)


def _revocation(found: Finding) -> Revocation:
    match found.kind:
        case Kind.SECRET:
            return Revocation(found, "POST", f"{found.path}/removePassword", {"keyId": found.id})
        case Kind.CERTIFICATE:
            return Revocation(found, "PATCH", found.path)
        case Kind.FEDERATION:
            return Revocation(found, "DELETE", f"{found.path}/federatedIdentityCredentials/{found.id}")
        case Kind.APP_ROLE | Kind.AZURE_ROLE:
            return Revocation(found, "DELETE", found.id)
    message = f"nothing to revoke in {found}"
    raise AssertionError(message)


def _others(found: Finding, cloud: Cloud) -> dict[str, Any]:
    """The list of certificates without the one: `removeKey` asks for proof of possession, the list does not
    (Microsoft Graph reference, "application: removeKey" and "Update application").
    """
    registration = cloud.graph.get(found.path, select="id,keyCredentials")
    return {"keyCredentials": [each for each in registration["keyCredentials"] if each["keyId"] != found.id]}


def _message(answer: Answer) -> str:
    error = answer.body.get("error") if isinstance(answer.body, dict) else None
    return str(error.get("message")) if isinstance(error, dict) else ""


class PartlyDoneError(AccessError):
    """Some of the revocations failed; the message names them and what was done."""

    def __init__(self, done: int, failures: Iterable[tuple[Revocation, AccessError]]) -> None:
        """`done` revocations succeeded."""
        told = "\n".join(f"{sentence(each.finding)}: {error}" for each, error in failures)
        super().__init__(f"{done} revoked; these could not be, and are as they were:\n{told}")
