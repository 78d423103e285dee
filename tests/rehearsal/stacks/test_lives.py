"""Whole lives of a stack: deployed in bad weather, its identity replaced, torn down and set up again."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest

from components.package import Package
from tests.rehearsal.stacks.rehearsed import ROOT, Rehearsed, rehearsed

CALLER = Package.of(ROOT / "workload" / "caller")


def deployed_code(stack: Rehearsed, site: str) -> str:
    answer = stack.client.get(f"/_rehearsal/sites/{site}/package").raise_for_status()
    return hashlib.sha256(base64.b64decode(answer.json()["content"])).hexdigest()


def first_token(stack: Rehearsed, outputs: Mapping[str, Any]) -> dict[str, Any]:
    """The claims of the first token that the deployed code gets from its platform."""
    environment = stack.client.get(f"/_rehearsal/sites/{outputs['functionAppName']}/environment").json()
    answer = httpx.get(
        environment["IDENTITY_ENDPOINT"],
        params={"resource": outputs["identifierUri"], "api-version": "2019-08-01"},
        headers={"X-IDENTITY-HEADER": environment["IDENTITY_HEADER"]},
        trust_env=False,
    )
    claims: dict[str, Any] = jwt.decode(
        answer.raise_for_status().json()["access_token"], options={"verify_signature": False}
    )
    return claims


def left_over(stack: Rehearsed) -> dict[str, list[str]]:
    """What is still there by kind; deleted applications, which Microsoft Entra ID keeps for 30 days, by their URIs."""
    contents = stack.contents()
    deleted = contents.pop("deletedApplications")
    contents.pop("deletedServicePrincipals")
    left = {kind: [each["name"] for each in found] for kind, found in contents.items() if found}
    uris = [uri for application in deleted for uri in application["identifierUris"]]
    return left | ({"URIs of deleted applications": uris} if uris else {})


def test_a_replaced_site_takes_its_permissions_and_its_code_along(tmp_path: Path) -> None:
    with rehearsed(tmp_path, "dev") as stack:
        first = stack.up().result
        assert first.succeeded
        second = stack.up(replace=[stack.urn("caller-site")])
        assert second.result.succeeded, second.text
        outputs = second.result.outputs
        assert outputs["principalId"] != first.outputs["principalId"]
        contents = stack.contents()
        assert {each["principalId"] for each in contents["appRoleAssignments"]} == {outputs["principalId"]}
        assert {each["principalId"] for each in contents["roleAssignments"]} == {outputs["principalId"]}
        assert len(contents["appRoleAssignments"]) == len(contents["roleAssignments"]) == 2
        assert deployed_code(stack, str(outputs["functionAppName"])) == hashlib.sha256(CALLER.archive()).hexdigest()


@pytest.mark.parametrize(("stack_name", "identifier_uri"), [("dev", "api://{tenantId}/things"), ("prod", None)])
def test_a_stack_comes_and_goes_three_times_and_leaves_nothing(
    tmp_path: Path, stack_name: str, identifier_uri: str | None
) -> None:
    with rehearsed(tmp_path, stack_name) as stack:
        api = {**stack.configured("api"), **({"identifierUri": identifier_uri} if identifier_uri else {})}
        for _ in range(3):
            stack.configure(api=api, protect=False)
            up = stack.up()
            assert up.result.succeeded, up.text
            down = stack.destroy()
            assert down.result.succeeded, down.text
            assert left_over(stack) == {}


def test_a_protected_stack_stays_until_it_is_unprotected(tmp_path: Path) -> None:
    with rehearsed(tmp_path, "prod") as stack:
        assert stack.up().result.succeeded
        before = stack.contents()
        refused = stack.destroy()
        assert not refused.result.succeeded
        assert "protect" in refused.text
        assert stack.contents() == before


def test_up_from_nothing_succeeds_while_writes_spread_slowly_and_requests_are_turned_away(tmp_path: Path) -> None:
    # Scaled: 3 seconds stand for 30, since the pauses between retries are the real ones.
    with rehearsed(tmp_path, "dev", replication_delay=3.0) as stack:
        for route in ("GET /subscriptions/*", "PUT /subscriptions/*", "GET /v1.0/*", "POST /v1.0/*", "PATCH /v1.0/*"):
            fault = {"route": route, "status": 429, "retryAfter": 1, "times": None, "probability": 0.2, "seed": 7}
            assert stack.client.post("/_rehearsal/faults", json=fault).status_code == 201
        up = stack.up()
        assert up.result.succeeded, up.text
        stack.client.delete("/_rehearsal/faults").raise_for_status()
        assigned = {each["role"] for each in stack.contents()["appRoleAssignments"]}
        assert assigned == {"Things.Read.All", "User.Read.All"}
        assert deployed_code(stack, str(up.result.outputs["functionAppName"]))
        assert first_token(stack, up.result.outputs)["roles"] == ["Things.Read.All"]


def test_several_callers_and_apis_live_in_one_stack(tmp_path: Path) -> None:
    with rehearsed(tmp_path, "dev") as stack:
        role = {"value": "Orders.Write.All"}
        stack.configure(
            api=None,
            grants=None,
            appSettings=None,
            apis=[stack.configured("api"), {"name": "orders", "roles": [role]}],
            callers=[
                {"name": "reader", "grants": [{"api": "own:things", "roles": ["Things.Read.All"]}]},
                {"name": "writer", "grants": [{"api": "own:orders", "roles": ["Orders.Write.All"]}]},
            ],
        )
        up = stack.up()
        assert up.result.succeeded, up.text
        assert {each["role"] for each in stack.contents()["appRoleAssignments"]} == {
            "Things.Read.All",
            "Orders.Write.All",
        }
        assert stack.destroy().result.succeeded
        assert left_over(stack) == {}
