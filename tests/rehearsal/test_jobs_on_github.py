"""A pipeline rehearsed by its commands: the bootstrap, and jobs on GitHub that sign in as what it made."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from subprocess import CompletedProcess

import pytest
import yaml

from rehearsal.commands.github import github
from tests.rehearsal.command import ROOT, Command

BOOTSTRAP = ROOT / "bootstrap"
TOLD = "import os; print(os.environ['GITHUB_REPOSITORY'], os.environ['ACTIONS_ID_TOKEN_REQUEST_URL'])"


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> Command:
    return Command(tmp_path_factory.mktemp("rehearsal") / "state")


def step(command: Command, job: list[str], *arguments: str, environment: Mapping[str, str]) -> CompletedProcess[str]:
    """One step of a job: a command of the rehearsal on the stack dev."""
    options = [*job, "--", *command.line(*arguments, "--stack", "dev")]
    return command.run("github", *options, environment={"ARM_USE_OIDC": "true", **environment})


def test_a_job_previews_and_deploys_as_the_identities_that_were_bootstrapped(command: Command) -> None:
    rules = ("--policy-pack", "../policy", "--policy-pack-config", "../policy/ci.json")
    made = command.run("up", "-C", "bootstrap", "--stack", "ci", "--yes", "--skip-preview", *rules)
    assert made.returncode == 0, made.stdout + made.stderr
    output = command.run("stack", "output", "-C", "bootstrap", "--stack", "ci", "githubVariables", "--json")
    variables = json.loads(output.stdout)
    common, dev = variables["repository"], variables["environments"]["dev"]
    signed_in = {"ARM_TENANT_ID": common["AZURE_TENANT_ID"], "ARM_SUBSCRIPTION_ID": dev["AZURE_SUBSCRIPTION_ID"]}
    previewing = {**signed_in, "ARM_CLIENT_ID": common["AZURE_CLIENT_ID"]}
    deploying = {**signed_in, "ARM_CLIENT_ID": dev["AZURE_CLIENT_ID"]}
    pull_request = ["--event", "pull_request", "--ref", "refs/pull/7/merge"]

    previewed = step(command, pull_request, "preview", environment=previewing)
    assert previewed.returncode == 0, previewed.stdout + previewed.stderr
    written = step(command, pull_request, "up", "--yes", "--skip-preview", environment=previewing)
    assert written.returncode == 1
    assert "403 Forbidden) with error: Authorization_RequestDenied: Insufficient privileges" in written.stdout
    impostor = step(command, pull_request, "preview", environment=deploying)
    assert impostor.returncode == 1
    assert "AADSTS700213: No matching federated identity record found" in impostor.stdout + impostor.stderr
    deployed = step(command, ["--environment", "dev"], "up", "--yes", "--skip-preview", environment=deploying)
    assert deployed.returncode == 0, deployed.stdout + deployed.stderr


def test_the_sample_of_the_bootstrap_is_of_the_repository_that_is_rehearsed() -> None:
    sample = yaml.safe_load((BOOTSTRAP / "Pulumi.ci.yaml").read_text(encoding="utf-8"))["config"]
    named = sample["keyless-bootstrap:repository"]
    rehearsed = github.__defaults__
    assert rehearsed is not None
    assert rehearsed[:3] == (f"{named['owner']}/{named['name']}", named["ownerId"], named["id"])


def test_a_step_ends_as_its_command_does_and_knows_the_job(command: Command) -> None:
    code = f"{TOLD}; raise SystemExit(3)"
    ended = command.run("github", "--repository", "contoso/orders", "--", sys.executable, "-c", code)
    assert ended.returncode == 3
    repository, url = ended.stdout.split()
    assert repository == "contoso/orders"
    assert url.startswith("http://127.0.0.1:")


def test_a_folder_to_run_in_has_to_be_there(command: Command) -> None:
    ended = command.run("preview", "-C", "nowhere", "--stack", "ci")
    assert (ended.returncode, ended.stderr) == (1, "error: --cwd nowhere can't be gone to: No such file or directory\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "There is no command to run. Give it after two dashes: … github -- make deploy"),
        (
            ("--repository", "contoso", "--", "true"),
            "'contoso' is no repository. Name it as OWNER/NAME: --repository contoso/keyless",
        ),
        (("--", "no-such-command"), "no-such-command can't be run: No such file or directory"),
    ],
)
def test_a_job_that_cannot_run_says_why(command: Command, arguments: tuple[str, ...], message: str) -> None:
    ended = command.run("github", *arguments)
    assert ended.returncode != 0
    assert ended.stderr.strip().endswith(message)
