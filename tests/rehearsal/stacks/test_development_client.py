"""The life of a development client: made, renewed when the month changes, taken away."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import jwt

from rehearsal.engine.values import Secret
from tests.rehearsal.stacks.rehearsed import Rehearsed, rehearsed
from tests.rehearsal.stacks.test_lives import left_over

PARTS = [
    "AppRoleAssignment caller-developer-microsoft-graph-00000003-User.Read.All",
    "AppRoleAssignment caller-developer-own-Things.Read.All",
    "Application caller-developer-application",
    "ApplicationPassword caller-developer-secret",
    "ServicePrincipal caller-developer-service-principal",
]


def parts(sign: str, rest: str) -> list[str]:
    return [f"{sign} azuread:index:{part} {rest}" for part in PARTS]


def secret_of(outputs: Any) -> str:
    secret = outputs["developerClient"]["clientSecret"]
    assert isinstance(secret, Secret)
    return str(secret.element)


def roles_with(stack: Rehearsed, outputs: Any, secret: str) -> list[str] | int:
    """The roles that a laptop gets with a secret, or the number of Entra's error."""
    form = {
        "grant_type": "client_credentials",
        "client_id": outputs["developerClient"]["clientId"],
        "client_secret": secret,
        "scope": outputs["scope"],
    }
    answer: httpx.Response = stack.client.post(
        f"/{outputs['tenantId']}/oauth2/v2.0/token", data=form, headers={"Authorization": ""}
    )
    if answer.status_code != 200:
        return int(answer.json()["error_codes"][0])
    roles: list[str] = jwt.decode(answer.json()["access_token"], options={"verify_signature": False})["roles"]
    return roles


def test_a_development_client_comes_is_renewed_and_goes(tmp_path: Path) -> None:
    with rehearsed(tmp_path, "dev") as stack:
        stack.configure(developerClient=True)
        first = stack.up()
        assert first.result.succeeded, first.text
        old = secret_of(first.result.outputs)
        assert old not in first.text
        assert roles_with(stack, first.result.outputs, old) == ["Things.Read.All"]
        assert stack.preview().changes == []

        program = stack.program / "components" / "developer_client.py"
        text = program.read_text(encoding="utf-8")
        assert text.count(".month - 1 + 2\n") == 1
        program.write_text(text.replace(".month - 1 + 2\n", ".month - 1 + 3\n"), encoding="utf-8")
        shown = stack.preview().changes
        secret = "azuread:index:ApplicationPassword caller-developer-secret"
        assert [row for row in shown if secret in row] == shown, "and nothing else"
        assert f"+- {secret} replace [diff: ~endDate]" in shown
        renewed = stack.up()
        assert renewed.result.succeeded, renewed.text
        new = secret_of(renewed.result.outputs)
        assert roles_with(stack, renewed.result.outputs, new) == ["Things.Read.All"]
        assert roles_with(stack, renewed.result.outputs, old) == 7000215
        expires = [each["developerClient"]["expires"] for each in (first.result.outputs, renewed.result.outputs)]
        assert expires == sorted(set(expires))

        stack.configure()
        assert stack.preview().changes == parts("-", "delete")
        assert stack.up().result.succeeded
        assert roles_with(stack, renewed.result.outputs, new) == 700016, "nobody knows the client any more"
        assert stack.destroy().result.succeeded
        assert left_over(stack) == {}
