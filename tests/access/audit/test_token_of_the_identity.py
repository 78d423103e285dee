"""The token of the function's own identity, got where its code gets it."""

from __future__ import annotations

import json
import shlex

from tests.access.deployed import Deployed, error

OTHER = "00000000-1111-4222-8333-444444444444"


def environment(stack: Deployed) -> dict[str, str]:
    site = stack.resource("azure-native:web:WebApp")["outputs"]["name"]
    printed = stack.rehearsal("env", "--state", str(stack.folder.root), "--site", site)
    assert printed.returncode == 0, printed.stderr
    lines = (line.removeprefix("export ").partition("=") for line in printed.stdout.splitlines())
    return {name: shlex.split(value)[0] for name, _, value in lines if name.startswith("IDENTITY_")}


def test_it_opens_what_was_granted(stack: Deployed) -> None:
    options = ("--from", "identity", "--stack", "dev", "--backend", str(stack.folder.backend), "--format", "json")
    result = stack.access("token", *options, **environment(stack))
    assert result.returncode == 0, result.stderr
    explanation = json.loads(result.stdout)
    assert (explanation["verified"], explanation["claims"]["oid"]) == (True, stack.identity)
    assert explanation["claims"]["roles"] == ["Things.Read.All"]


def test_without_its_role_it_gets_none_and_the_reason_is_told(stack: Deployed) -> None:
    assert stack.stand_in.graph.delete(f"/v1.0{stack.assignment('Things.Read.All')['id']}").status_code == 204
    options = ("--from", "identity", "--stack", "dev", "--backend", str(stack.folder.backend))
    result = stack.access("token", *options, **environment(stack))
    assert (result.returncode, result.stdout) == (1, "")
    assert "AADSTS501051" in result.stderr


def test_the_credential_of_the_environment_is_explained_too(stack: Deployed) -> None:
    scope = "https://management.azure.com/.default"
    options = ("--stack", "dev", "--backend", str(stack.folder.backend), "--format", "json")
    result = stack.access("token", "--from", "credential", "--scope", scope, *options)
    assert result.returncode == 3, result.stderr
    assert {each["about"] for each in json.loads(result.stdout)["reasons"]} == {"aud", "iss", "ver", "roles"}


def test_outside_of_a_site_there_is_no_identity(stack: Deployed) -> None:
    result = stack.access("token", "--from", "identity", "--stack", "dev", "--backend", str(stack.folder.backend))
    assert result.returncode == 1
    assert "There is no identity here" in result.stderr


def test_an_identity_endpoint_that_does_not_answer_is_named(stack: Deployed) -> None:
    options = ("--from", "identity", "--stack", "dev", "--backend", str(stack.folder.backend))
    gone = {"IDENTITY_ENDPOINT": "http://127.0.0.1:9/msi/token", "IDENTITY_HEADER": "any"}
    assert error(stack.access("token", *options, **gone)) == (
        "The identity endpoint http://127.0.0.1:9/msi/token does not answer: ConnectError. Is it up?"
    )


def test_a_scope_that_the_tenant_does_not_know_is_told_in_its_words(stack: Deployed) -> None:
    options = ("--stack", "dev", "--backend", str(stack.folder.backend), "--scope", "api://nobody/.default")
    said, advice = error(stack.access("token", "--from", "credential", *options)).splitlines()
    assert said.startswith(
        "No token for api://nobody/.default: AADSTS500011: The resource principal named api://nobody was not found"
    )
    assert advice == ("No API of the tenant has this identifier URI. Is it spelled as in the stack's output `scope`?")


def test_without_a_stack_and_a_scope_nobody_knows_what_to_ask_for(stack: Deployed) -> None:
    api = {
        "API_AUDIENCE": OTHER,
        "API_ISSUER": f"https://login.microsoftonline.com/{OTHER}/v2.0",
        "API_TENANT_ID": OTHER,
    }
    assert error(stack.access("token", "--from", "credential", **api)) == (
        "For which API is the token to be? Name it with --scope, or with --stack take the stack's output `scope`."
    )
