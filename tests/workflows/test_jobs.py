"""Each job's own steps, run one after the other in the rehearsal: deploy, preview, drift, destroy."""

from __future__ import annotations

import contextlib
import json
import re
import subprocess
import sys

import pytest

from tests.access.reports import golden, nameless
from tests.rehearsal.azure.stand_in import StandIn
from tests.rehearsal.command import ROOT, living
from tests.workflows.conftest import World
from tests.workflows.machine import Job

TAKEOVER = {"Pulumi.dev.yaml": ("[User.Read.All]", "[AppRoleAssignment.ReadWrite.All]")}
TAKEOVER_IN_PROD = {"Pulumi.prod.yaml": TAKEOVER["Pulumi.dev.yaml"]}
NEW_STACK = {"version": 3, "deployment": {"manifest": {"time": "2026-11-01T00:00:00Z", "magic": "", "version": ""}}}


@pytest.fixture(scope="module")
def deployed(world: World) -> dict[str, Job]:
    """What a push to main does: dev, then prod, whose stacks somebody has made (`pulumi stack init`)."""
    for stack in ("dev", "prod"):
        file = world.folder.root / "new.json"
        file.write_text(json.dumps(NEW_STACK), encoding="utf-8")
        command = [sys.executable, "-m", "rehearsal", "stack", "import", "--stack", stack, "--file", str(file)]
        subprocess.run([*command, "--state", str(world.folder.root)], cwd=ROOT, check=True, capture_output=True)
    dev = world.run("deploy", "dev")
    review = world.run("deploy", "review", needs={"dev": dev})
    prod = world.run("deploy", "prod", needs={"review": review})
    return {"dev": dev, "review": review, "prod": prod}


def revoke_one_and_grant_another(world: World, stand_in: StandIn) -> None:
    """What somebody does in the portal: the function loses its role on the API, and may send mail."""
    state = json.loads((world.folder.backend / ".pulumi" / "stacks" / "keyless" / "dev.json").read_text("utf-8"))
    resources = {each["urn"].rpartition("::")[2]: each for each in state["checkpoint"]["latest"]["resources"]}
    principal = resources["caller-site"]["outputs"]["identity"]["principalId"]
    granted = resources["caller-own-Things.Read.All"]["id"].rpartition("/")[2]
    assert stand_in.graph.delete(f"/v1.0/servicePrincipals/{principal}/appRoleAssignments/{granted}").is_success
    graph = stand_in.published("Microsoft Graph")
    role = next(role["id"] for role in graph["appRoles"] if role["value"] == "Mail.Send")
    assert stand_in.assign(principal, graph["id"], role).is_success


def test_a_push_to_main_deploys_dev_and_then_prod(world: World, deployed: dict[str, Job]) -> None:
    logs = "\n".join(job.log for job in deployed.values())
    assert {name: job.outcome for name, job in deployed.items()} == dict.fromkeys(deployed, "success"), logs
    names = [application["name"] for application in world.contents()["applications"]]
    assert sorted(names) == ["things-dev", "things-prod"]
    for name in ("dev", "prod"):
        assert "Policies:\n    ✅ keyless@v0.1.0 (local: policy)\n\n" in deployed[name].log, "no rule is violated"


def test_whoever_approves_prod_reads_what_it_does_to_permissions_and_approves_that(deployed: dict[str, Job]) -> None:
    review = deployed["review"]
    assert review.summary.startswith("<!-- keyless access report: keyless/prod -->\n## Permissions in `keyless/prod`\n")
    assert "\n4 granted.\n" in review.summary
    digest = review.outputs["digest"]
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", digest)
    assert review.summary.endswith(
        f"\nWhoever approves the deployment of prod approves this preview and no other: `{digest}`\n"
    )


def test_prod_is_not_deployed_when_something_else_would_happen_than_what_was_approved(
    world: World, deployed: dict[str, Job]
) -> None:
    before = world.contents()
    prod = world.run("deploy", "prod", TAKEOVER_IN_PROD, needs={"review": deployed["review"]})
    assert prod.outcome == "failure"
    assert prod.outcomes["Deploy"] == "skipped"
    approved = deployed["review"].outputs["digest"]
    assert f"error: preview.json is not the preview that was reviewed, {approved}: " in prod.log
    assert world.contents() == before


def test_after_a_failed_deployment_of_dev_prod_is_left_alone(world: World) -> None:
    review = world.run("deploy", "review", needs={"dev": Job("failure")})
    assert review.outcome == "skipped"
    assert world.run("deploy", "prod", needs={"review": review}).outcome == "skipped"


def test_a_pull_request_gets_one_comment_a_stack_which_is_edited_in_place(
    world: World, deployed: dict[str, Job]
) -> None:
    assert deployed["prod"].outcome == "success"
    world.pull_request.comments.clear()
    world.pull_request.add("somebody", "Please look.")
    first = world.run("preview", "preview", TAKEOVER, matrix={"stack": "dev"})
    assert first.outcomes["Preview the change and report what it does to permissions"] == "success", first.log
    assert first.outcomes["Hold the change against the rules"] == "failure", "and the comment is written all the same"
    assert nameless(first.summary) == golden("keyless-takeover")
    written = world.run("preview", "comment", needs={"preview": first})
    assert written.outcome == "success", written.log
    assert [nameless(each) for each in world.pull_request.by("github-actions[bot]")] == [golden("keyless-takeover")]

    second = world.run("preview", "preview", matrix={"stack": "dev"})
    assert second.outcome == "success", second.log
    world.pull_request.add("somebody", "Better?")
    written = world.run("preview", "comment", needs={"preview": second})
    assert written.outcome == "success", written.log
    assert [nameless(each) for each in world.pull_request.by("github-actions[bot]")] == [golden("keyless-unchanged")]
    assert world.pull_request.by("somebody") == ["Please look.", "Better?"]


def test_a_preview_that_fails_says_why_and_has_no_comment(world: World, deployed: dict[str, Job]) -> None:
    assert deployed["prod"].outcome == "success"
    world.pull_request.comments.clear()
    broken = {"Pulumi.dev.yaml": ("api: Microsoft Graph", "api: Microsoft Grph")}
    failed = world.run("preview", "preview", broken, matrix={"stack": "dev"})
    assert failed.outcome == "failure"
    assert "error: preview.json is of a preview that failed, so it does not hold all that would change: " in failed.log
    assert "Microsoft Grph" in failed.log


def test_drift_is_quiet_when_everything_is_as_declared(world: World, deployed: dict[str, Job]) -> None:
    assert deployed["prod"].outcome == "success"
    drift = world.run("drift", "drift", matrix={"stack": "dev"})
    assert drift.outcome == "success", drift.log
    assert drift.summary == ""


def test_drift_fails_and_says_what_somebody_has_changed_by_hand(world: World, deployed: dict[str, Job]) -> None:
    assert deployed["prod"].outcome == "success"
    with contextlib.closing(StandIn(world.endpoint)) as stand_in:
        assert stand_in.control.put("/_rehearsal/snapshots/before").is_success
        revoke_one_and_grant_another(world, stand_in)
        drift = world.run("drift", "drift", matrix={"stack": "dev"})
        assert stand_in.control.post("/_rehearsal/snapshots/before/restore").is_success
    assert drift.outcomes["Compare what is deployed with what the program says"] == "failure"
    assert drift.outcomes["Compare who can call what with what was declared"] == "failure"
    of_resources, of_permissions = drift.summary.split("## Permissions of dev that nobody declared\n")
    assert of_resources.startswith("## Drift of dev\n\n    Previewing update (dev):\n")
    assert "+ azuread:index/appRoleAssignment:AppRoleAssignment: (create)" in of_resources
    assert "Mail.Send" in of_permissions
    assert "undeclared" in of_permissions
    quoted = [line for part in (of_resources, of_permissions) for line in part.splitlines()[2:]]
    assert all(line.startswith("    ") for line in quoted), "no line of it is Markdown"


def test_a_stack_is_destroyed_only_by_its_typed_name(world: World, deployed: dict[str, Job]) -> None:
    assert deployed["prod"].outcome == "success"
    for typed in ("prod", "", "Dev", 'dev"; exit 0; "'):
        wrong = world.run("destroy", "compare", inputs={"stack": "dev", "typed": typed})
        assert wrong.outcome == "failure"
        assert world.run("destroy", "destroy", needs={"compare": wrong}).outcome == "skipped"
    inputs = {"stack": "dev", "typed": "dev"}
    compared = world.run("destroy", "compare", inputs=inputs)
    assert compared.outcome == "success"
    destroyed = world.run("destroy", "destroy", needs={"compare": compared}, inputs=inputs)
    assert destroyed.outcome == "success", destroyed.log
    left = living(world.contents())
    assert [application["name"] for application in left["applications"]] == ["things-prod"]
    assert not [entry for found in left.values() for entry in found if "keyless-dev" in json.dumps(entry)]


def test_what_is_protected_in_prod_is_not_destroyed(world: World, deployed: dict[str, Job]) -> None:
    assert deployed["prod"].outcome == "success"
    inputs = {"stack": "prod", "typed": "prod"}
    destroyed = world.run("destroy", "destroy", needs={"compare": Job("success")}, inputs=inputs)
    assert destroyed.outcome == "failure"
    assert "cannot be deleted\n" in destroyed.log
    assert "things-prod" in [application["name"] for application in world.contents()["applications"]]
