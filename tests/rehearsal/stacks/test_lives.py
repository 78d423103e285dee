"""Whole lives of a stack: deployed, its identity replaced, torn down and set up again."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import pytest

from components.package import Package
from tests.rehearsal.stacks.rehearsed import ROOT, Rehearsed, rehearsed

CALLER = Package.of(ROOT / "workload" / "caller")


def deployed_code(stack: Rehearsed, site: str) -> str:
    answer = stack.client.get(f"/_rehearsal/sites/{site}/package").raise_for_status()
    return hashlib.sha256(base64.b64decode(answer.json()["content"])).hexdigest()


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
        secrets = (stack.endpoint.client_secret.encode(), b"eyJ")
        written = stack.written()
        assert "dev.json" in {path.name for path in written}
        assert [path for path, content in written.items() if any(secret in content for secret in secrets)] == []


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
