"""Pull requests whose runs get no credentials: the rehearsal's preview, in the run's summary."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.access.reports import golden, nameless
from tests.workflows.machine import Job, Machine, environment_of
from tests.workflows.project import pull_request

OWN, FOREIGN = "example/keyless", "somebody/keyless"
BOOTSTRAPPED = {
    "AZURE_CLIENT_ID": "11111111-2222-4333-8444-555555555555",
    "AZURE_SUBSCRIPTION_ID_DEV": "22222222-2222-4333-8444-555555555555",
    "AZURE_SUBSCRIPTION_ID_PROD": "22222222-2222-4333-8444-666666666666",
    "AZURE_TENANT_ID": "33333333-2222-4333-8444-555555555555",
    "PULUMI_BACKEND_URL_DEV": "azblob://dev?storage_account=example",
    "PULUMI_BACKEND_URL_PROD": "azblob://prod?storage_account=example",
}
CHANGE = {
    "Pulumi.dev.yaml": ("[User.Read.All]", "[AppRoleAssignment.ReadWrite.All]"),
    "policy/dev.json": ('"no-takeover-role": "mandatory",', '"no-takeover-role": "advisory",'),
}


def contexts(head: str | None, author: str, variables: dict[str, str]) -> dict[str, Any]:
    return {
        "github": {
            "repository": OWN,
            "event": {"pull_request": {"number": 7, "head": {"repo": {"full_name": head}}, "user": {"login": author}}},
        },
        "vars": variables,
    }


@pytest.mark.parametrize(
    ("head", "author", "variables", "previewed"),
    [
        (OWN, "somebody", BOOTSTRAPPED, True),
        (FOREIGN, "somebody", BOOTSTRAPPED, False),
        (None, "somebody", BOOTSTRAPPED, False),
        (OWN, "dependabot[bot]", BOOTSTRAPPED, False),
        (OWN, "somebody", dict.fromkeys(BOOTSTRAPPED, ""), False),
    ],
    ids=["own branch", "fork", "deleted fork", "Dependabot", "nothing to sign in with"],
)
def test_a_pull_request_is_either_previewed_or_rehearsed(
    tmp_path: Path, head: str | None, author: str, variables: dict[str, str], previewed: bool
) -> None:
    def stop(workspace: Path) -> None:
        raise InterruptedError

    machine = Machine(tmp_path, stop, {}, contexts(head, author, variables))
    began = {}
    for job in ("preview", "rehearse"):
        try:
            began[job] = machine.run("preview", job, matrix={"stack": "dev"}).outcome
        except InterruptedError:
            began[job] = "began"
    assert began == {
        "preview": "began" if previewed else "skipped",
        "rehearse": "skipped" if previewed else "began",
    }
    if not previewed:
        assert machine.run("preview", "comment", needs={"preview": Job("skipped")}).outcome == "skipped"


def test_a_fork_is_told_what_its_change_does_to_what_it_is_merged_into(tmp_path: Path) -> None:
    machine = Machine(
        tmp_path / "machine",
        lambda workspace: pull_request(workspace, CHANGE),
        environment_of(tmp_path / "tools", tmp_path),
        contexts(FOREIGN, "somebody", BOOTSTRAPPED),
    )
    job = machine.run("preview", "rehearse", matrix={"stack": "dev"})
    assert job.outcome == "success", job.log
    assert nameless(job.summary) == golden("keyless-takeover") + (
        "\nRehearsed, without a look at Azure: what is there already is what the pull request is merged into.\n"
    )
    assert "    ⚠️ keyless@v0.1.0 (local: policy)\n        - [advisory]  no-takeover-role" in job.log
