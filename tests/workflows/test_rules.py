"""What every workflow of this repository keeps to, whatever it does."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.workflows.machine import DOWNLOAD, SKIPPED, UPLOAD
from tests.workflows.workflow import GITHUB, Workflow, action, all_steps, is_own, workflows

JOBS = [(workflow, name) for workflow in workflows() for name in workflow.jobs]
READS = {"contents": "read"}
SIGNS_IN = {"contents": "read", "id-token": "write"}
MAY = {
    "ci: test": READS,
    "preview: preview": SIGNS_IN,
    "preview: comment": {"pull-requests": "write"},
    "preview: rehearse": READS,
    "deploy: dev": SIGNS_IN,
    "deploy: review": SIGNS_IN,
    "deploy: prod": SIGNS_IN,
    "drift: drift": SIGNS_IN,
    "destroy: compare": {},
    "destroy: destroy": SIGNS_IN,
}
every_job = pytest.mark.parametrize(("workflow", "job"), JOBS, ids=[f"{each.name}: {job}" for each, job in JOBS])


def steps(workflow: Workflow, job: str) -> Iterator[Mapping[str, Any]]:
    yield from workflow.jobs[job]["steps"]


def test_only_these_events_start_a_workflow() -> None:
    assert {workflow.name: set(workflow.triggers) for workflow in workflows()} == {
        "ci": {"pull_request", "push"},
        "deploy": {"push"},
        "destroy": {"workflow_dispatch"},
        "drift": {"schedule", "workflow_dispatch"},
        "preview": {"pull_request"},
    }


def test_a_job_may_do_what_it_has_to_and_nothing_more() -> None:
    assert all(workflow.document["permissions"] == {} for workflow in workflows())
    assert {f"{workflow.name}: {job}": workflow.jobs[job]["permissions"] for workflow, job in JOBS} == MAY


@every_job
def test_a_job_ends_at_some_time_on_a_machine_of_a_known_kind(workflow: Workflow, job: str) -> None:
    assert workflow.jobs[job]["timeout-minutes"] <= 60
    assert workflow.jobs[job]["runs-on"] == "ubuntu-24.04"


def test_every_foreign_action_is_named_by_the_hash_of_a_commit_with_its_version_beside_it() -> None:
    written = "\n".join(file.read_text(encoding="utf-8") for file in sorted(GITHUB.rglob("*.yml")))
    named = re.findall(r"uses: (\S+)(.*)", written)
    foreign = [(reference, rest) for reference, rest in named if not is_own(reference)]
    assert len(named) == sum("uses" in step for _, step in all_steps())
    for reference, rest in foreign:
        name, _, commit = reference.partition("@")
        assert name in SKIPPED | {UPLOAD, DOWNLOAD}
        assert re.fullmatch(r"[0-9a-f]{40}", commit), reference
        assert re.fullmatch(r" # v\d+\.\d+\.\d+", rest), reference
    assert len({reference for reference, _ in foreign}) == len(
        {reference.partition("@")[0] for reference, _ in foreign}
    )


def test_no_script_has_an_expression_in_it() -> None:
    """What an expression stands for would be run as part of the script: it is handed over in the environment."""
    for place, step in all_steps():
        assert "${{" not in step.get("run", ""), place


def test_no_secret_is_ever_named() -> None:
    for file in sorted(GITHUB.rglob("*.yml")):
        assert "secrets." not in file.read_text(encoding="utf-8"), file


def test_no_checkout_leaves_a_token_behind() -> None:
    checkouts = [step for _, step in all_steps() if str(step.get("uses", "")).startswith("actions/checkout@")]
    assert checkouts
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


@every_job
def test_a_job_that_signs_in_prepares_itself_as_whom_its_environment_names(workflow: Workflow, job: str) -> None:
    content = workflow.jobs[job]
    prepares = [step for step in steps(workflow, job) if is_own(str(step.get("uses", "")))]
    assert bool(prepares) == ("id-token" in content["permissions"])
    for step in prepares:
        given = {name.upper().replace("-", "_"): value for name, value in step["with"].items()}
        assert {f"ARM_{name}": value for name, value in given.items()}.items() <= content["env"].items()
        assert content["env"]["ARM_USE_OIDC"] == "true"
        assert "PULUMI_BACKEND_URL" in content["env"]
        assert action(step["uses"])


def test_what_changes_a_stack_has_its_environment_and_waits_for_its_turn() -> None:
    for name, job, stack in (
        ("deploy", "dev", "dev"),
        ("deploy", "prod", "prod"),
        ("destroy", "destroy", "${{ inputs.stack }}"),
    ):
        content = Workflow.read(name).jobs[job]
        assert content["environment"] == stack
        assert content["concurrency"] == {"group": f"stack-{stack}", "cancel-in-progress": False}
    others = [content for workflow, job in JOBS if "environment" not in (content := workflow.jobs[job])]
    changing = re.compile(r"pulumi (up|destroy|import|refresh|stack (rm|import))")
    assert not [step for content in others for step in content["steps"] if changing.search(step.get("run", ""))]


def test_prod_is_deployed_after_dev_and_after_a_review() -> None:
    jobs = Workflow.read("deploy").jobs
    assert jobs["prod"]["needs"] == "review"
    assert jobs["review"]["needs"] == "dev"


def test_ci_runs_what_the_repository_says() -> None:
    assert [step["run"] for step in Workflow.read("ci").jobs["test"]["steps"] if "run" in step] == [".ci/run"]
