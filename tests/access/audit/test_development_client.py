"""A stack with a development client: its grants and its secret are declared, and nothing else of its kind is."""

from __future__ import annotations

import json

import pytest

from tests.access.deployed import Deployed

CLIENT = "keyless-dev-caller-developer"


@pytest.fixture(scope="module")
def deployed_with_client(deployed_once: Deployed) -> Deployed:
    """The stack with a development client, remembered for the tests of this module."""
    deployed_once.start_again()
    want(deployed_once)
    up = deployed_once.rehearse("up", "--yes", "--skip-preview")
    assert up.returncode == 0, up.stdout + up.stderr
    return deployed_once


def want(stack: Deployed) -> None:
    """Asks for a development client in the stack's configuration."""
    text = stack.config.read_text(encoding="utf-8")
    stack.config.write_text(f"{text}  keyless:developerClient: true\n", encoding="utf-8")


def test_the_grants_and_the_secret_of_a_development_client_are_declared(deployed_with_client: Deployed) -> None:
    audited = deployed_with_client.audit("--format", "json")
    assert audited.returncode == 0, audited.stdout + audited.stderr
    held = [
        (each["kind"], each["role"]["name"], each["target"]["name"])
        for each in json.loads(audited.stdout)["findings"]
        if each["principal"]["name"] == CLIENT
    ]
    assert sorted(held) == [
        ("app role", "Things.Read.All", "things-dev"),
        ("app role", "User.Read.All", "Microsoft Graph"),
        ("client secret", "pulumi", CLIENT),
    ]


def test_another_secret_and_another_role_of_it_are_drift_that_nothing_adopts(deployed_with_client: Deployed) -> None:
    stack = deployed_with_client
    (application,) = (
        each["outputs"]
        for each in stack.state["checkpoint"]["latest"]["resources"]
        if each["urn"].endswith("::caller-developer-application")
    )
    (principal,) = stack.stand_in.made(
        "GET", f"/v1.0/servicePrincipals?$filter=appId eq '{application['clientId']}'", status=200
    )["value"]
    path = f"/v1.0/applications/{application['objectId']}/addPassword"
    by_hand = stack.stand_in.made("POST", path, {"passwordCredential": {"displayName": "by hand"}}, 200)["keyId"]
    graph, role = stack.graph_role("Mail.Read")
    made = stack.stand_in.assign(principal["id"], graph, role)
    assert made.status_code == 201
    assert {(each["kind"], each["role"]["name"]) for each in stack.findings("undeclared")} == {
        ("client secret", "by hand"),
        ("app role", "Mail.Read"),
    }
    shown = stack.audit("--adopt")
    assert shown.returncode == 3
    assert "a development client has the roles of its caller and no others; declare it for the caller" in shown.stderr
    assert "the program takes no credential over" in shown.stderr
    revoked = stack.audit("--revoke", "--yes")
    assert (revoked.returncode, revoked.stderr.splitlines()[-1]) == (0, "2 revoked."), revoked.stderr
    assert by_hand not in stack.audit("--format", "json").stdout


@pytest.fixture(scope="module")
def revoking(deployed_with_client: Deployed) -> tuple[str, str]:
    """The preview of a change that takes the caller's role on the stack's API away, and the report on it."""
    stack = deployed_with_client
    before = stack.config.read_text(encoding="utf-8")
    grant = "    - api: own\n      roles: [Things.Read.All]\n"
    assert grant in before
    stack.config.write_text(before.replace(grant, ""), encoding="utf-8")
    preview = stack.rehearse("preview", "--json")
    stack.config.write_text(before, encoding="utf-8")
    reported = stack.access("report", "-", "--state", str(stack.checkpoint), stdin=preview.stdout)
    assert reported.returncode == 0, preview.stderr + reported.stderr
    return preview.stdout, reported.stdout


def test_a_report_shows_what_becomes_of_its_grants(revoking: tuple[str, str]) -> None:
    _, report = revoking
    assert f"| **revoked** | `{CLIENT}` | `Things.Read.All` | `things-dev` (this stack) | read |" in report
    assert f"| kept | `{CLIENT}` | `User.Read.All` | `Microsoft Graph` | read |" in report


def test_its_secret_is_in_clear_nowhere_but_where_it_is_asked_for(
    deployed_with_client: Deployed, revoking: tuple[str, str]
) -> None:
    stack = deployed_with_client
    output = ("stack", "output", "--stack", "dev", "--state", str(stack.folder.root), "--json")
    secret = json.loads(stack.rehearsal(*output, "--show-secrets").stdout)["developerClient"]["clientSecret"]
    assert len(secret) > 30
    assert json.loads(stack.rehearsal(*output).stdout)["developerClient"]["clientSecret"] == "[secret]"
    shown = [stack.rehearse("preview", "--diff"), stack.audit()]
    told = [*revoking, *(ended.stdout + ended.stderr for ended in shown)]
    assert [text for text in told if secret in text or not text] == []
    files = [each for each in stack.folder.root.rglob("*") if each.is_file()]
    assert stack.checkpoint in files
    assert [each for each in files if secret.encode() in each.read_bytes()] == []
