"""Whole lives of a stack: deployed, its identity replaced, torn down and set up again."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from components.package import Package
from rehearsal.engine.plan.steps import Op
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
        stack.configure(api=api, protect=False)
        for _ in range(3):
            up = stack.up()
            assert up.result.succeeded, up.text
            down = stack.destroy()
            assert down.result.succeeded, down.text
            assert left_over(stack) == {}
        kept = stack.contents()
        assert (len(kept["deletedApplications"]), len(kept["deletedServicePrincipals"])) == (3, 3)
        stack.wait(days=31)
        assert not any(stack.contents().values()), "Microsoft Entra ID keeps what is deleted for 30 days, no longer"


def test_a_protected_stack_stays_until_it_is_unprotected_and_then_goes_by_its_roots(tmp_path: Path) -> None:
    with rehearsed(tmp_path, "prod") as stack:
        assert stack.up().result.succeeded
        before = stack.contents()
        refused = stack.destroy()
        assert not refused.result.succeeded
        assert "protect" in refused.text
        assert stack.contents() == before
        stack.configure(protect=False)
        unprotected = stack.up()
        assert unprotected.result.succeeded, unprotected.text
        assert set(unprotected.result.changes) == {Op.SAME}
        stack.client.delete("/_rehearsal/requests").raise_for_status()
        down = stack.destroy()
        assert down.result.succeeded, down.text
        assert left_over(stack) == {}
        written = Counter(entry["route"] for entry in stack.requests() if entry["method"] in ("DELETE", "PATCH", "PUT"))
        subscription = "/subscriptions/{subscription}"
        assert written == {
            f"DELETE {subscription}/resourceGroups/{{group}}": 1,
            "DELETE /v1.0/applications/{id}": 1,
            # Their URI has to be free at once, and these three do not go with what they are about.
            "PATCH /v1.0/applications/{id}": 1,
            "DELETE /{scope:path}/providers/Microsoft.Insights/diagnosticSettings/{setting}": 1,
            f"DELETE {subscription}/{{scope:path}}/providers/Microsoft.Authorization/roleAssignments/{{assignment}}": 2,
        }


def test_several_callers_and_apis_live_in_one_stack_and_each_token_holds_its_own_roles_only(tmp_path: Path) -> None:
    with rehearsed(tmp_path, "dev") as stack:
        things = {"name": "things", "roles": [{"value": "Things.Read.All"}, {"value": "Things.Write.All"}]}
        orders = {"name": "orders", "roles": [{"value": "Orders.Write.All"}]}
        reader = {"name": "reader", "grants": [{"api": "own:things", "roles": ["Things.Read.All"]}]}
        writer = {
            "name": "writer",
            "grants": [
                {"api": "own:things", "roles": ["Things.Write.All"]},
                {"api": "own:orders", "roles": ["Orders.Write.All"]},
                {"api": "Microsoft Graph", "roles": ["User.Read.All"]},
            ],
        }
        alone: dict[str, Any] = {"api": None, "grants": None, "appSettings": None}
        stack.configure(**alone, apis=[things, orders], callers=[reader, writer])
        up = stack.up()
        assert up.result.succeeded, up.text
        assert set(stack.preview().result.changes) == {Op.SAME}
        callers, apis = (dict(up.result.outputs[name]) for name in ("callers", "apis"))
        resources = {
            **{name: api["identifierUri"] for name, api in apis.items()},
            "graph": "https://graph.microsoft.com",
        }
        tokens = {
            (caller, api): stack.token(outputs["functionAppName"], resource)
            for caller, outputs in callers.items()
            for api, resource in resources.items()
        }
        assert {of: token and token.get("roles", []) for of, token in tokens.items()} == {
            ("reader", "things"): ["Things.Read.All"],
            ("reader", "orders"): None,
            ("reader", "graph"): [],
            ("writer", "things"): ["Things.Write.All"],
            ("writer", "orders"): ["Orders.Write.All"],
            ("writer", "graph"): ["User.Read.All"],
        }
        for (caller, _), token in tokens.items():
            assert token is None or token["oid"] == callers[caller]["principalId"]
        # The reader goes, and nothing of the writer is touched.
        stack.configure(**alone, apis=[things, orders], callers=[writer])
        assert {line.split()[0] for line in stack.preview().changes} == {"-"}
        assert stack.destroy().result.succeeded
        assert left_over(stack) == {}
