"""The pack in a rehearsal: the same rules, in the same words, as under the real CLI."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.folder import RehearsalFolder
from rehearsal.policy_pack import policy_packs
from tests.rehearsal.command import Command
from tests.rehearsal.stacks.rehearsed import Rehearsed, Run, rehearsed

ROOT = Path(__file__).parents[2]
TAKEOVER = {"api": "Microsoft Graph", "roles": ["AppRoleAssignment.ReadWrite.All"]}
BREAKS = {
    "components/storage_account.py": ("allow_shared_key_access=False", "allow_shared_key_access=True"),
    "components/protected_api.py": ("app_role_assignment_required=True", "app_role_assignment_required=False"),
    "components/site.py": ("https_only=True", "https_only=False"),
}
"""A rule about a storage account, one about the whole stack, and one about a site."""
AS_THE_CLI_SAYS_IT = """\
Policies:
    ❌ keyless@v0.1.0 (local: policy)
        - [mandatory]  no-takeover-role  (azuread:index:AppRoleAssignment: caller-microsoft-graph-00000003-AppRoleAssignment.ReadWrite.All)
          Nobody is granted a role that takes over the tenant or a subscription, unless it is listed with a reason.
          caller-microsoft-graph-00000003-AppRoleAssignment.ReadWrite.All gives AppRoleAssignment.ReadWrite.All, which takes over the tenant by granting itself any app role. Grant a narrower role, or list this one with a reason under `allowed` in the configuration of the policy pack.
"""  # noqa: E501 - recorded: pulumi v3.260.0, `preview --stack dev --policy-pack policy`


def rules(run: Run) -> list[str]:
    """Level, rule and resource of every violation, as shown."""
    return re.findall(r"^        - (\[\w+\]  \S+  \(\S+ \S+\))$", run.text, re.MULTILINE)


@pytest.fixture(scope="module", params=["dev", "prod"])
def stack(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsed]:
    with rehearsed(tmp_path_factory.mktemp(request.param), request.param) as found:
        yield found


def preview(stack: Rehearsed, folder: Path) -> Run:
    """A preview with the pack, configured as the repository configures it for that stack."""
    config = ROOT / "policy" / f"{stack.stack}.json"
    packs = policy_packs([str(ROOT / "policy")], [config], RehearsalFolder.at(folder))
    return stack.preview(policy_packs=packs)


def test_each_stack_is_as_strict_as_its_configuration_says(stack: Rehearsed, tmp_path: Path) -> None:
    stack.configure(grants=[TAKEOVER], protect=False)
    for file, (old, new) in BREAKS.items():
        source = (stack.program / file).read_text(encoding="utf-8")
        assert old in source, f"{file} has changed, and this test with it"
        (stack.program / file).write_text(source.replace(old, new), encoding="utf-8")
    run = preview(stack, tmp_path)
    assert not run.result.succeeded
    takeover = "azuread:index:AppRoleAssignment: caller-microsoft-graph-00000003-AppRoleAssignment.ReadWrite.All"
    always = [
        "[mandatory]  no-shared-keys  (azure-native:storage:StorageAccount: caller-storage-account)",
        f"[mandatory]  no-takeover-role  ({takeover})",
    ]
    by_stack = [
        "assignment-required  (azuread:index:ServicePrincipal: api-service-principal)",
        "https-only  (azure-native:web:WebApp: caller-site)",
    ]
    protection = [
        "[mandatory]  protected-in-production  (azure-native:web:WebApp: caller-site)",
        "[mandatory]  protected-in-production  (azuread:index:Application: api-application)",
    ]
    if stack.stack == "dev":
        assert rules(run) == [*always, *(f"[advisory]  {rule}" for rule in by_stack)]
    else:
        assert rules(run) == sorted([*always, *protection, *(f"[mandatory]  {rule}" for rule in by_stack)])


def test_the_command_line_takes_the_flags_of_the_cli_and_says_what_it_says(command: Command, tmp_path: Path) -> None:
    config = tmp_path / "Pulumi.dev.yaml"
    own = (ROOT / "Pulumi.dev.yaml").read_text(encoding="utf-8")
    config.write_text(own.replace("[User.Read.All]", "[AppRoleAssignment.ReadWrite.All]"), encoding="utf-8")
    pack = ("--policy-pack", "policy", "--policy-pack-config", "policy/dev.json")
    ran = command.here("preview", "--stack", "dev", "--config-file", str(config), *pack)
    assert ran.returncode == 1
    assert f"\n{AS_THE_CLI_SAYS_IT}\nDiagnostics:\n" in ran.stdout
    assert "    error: preview failed\n" in ran.stdout
    assert "Resources:" not in ran.stdout


@pytest.mark.parametrize(
    ("flags", "fault"),
    [
        (("--policy-pack-config", "policy/dev.json"), '"--policy-pack-config" must be specified with "--policy-pack"'),
        (
            ("--policy-pack", "policy", "--policy-pack", "policy", "--policy-pack-config", "policy/dev.json"),
            'the number of "--policy-pack-config" flags must match the number of "--policy-pack" flags',
        ),
        (("--policy-pack", "access"), "failed to load Pulumi policy project located at 'access'"),
    ],
    ids=["config alone", "numbers", "no pack"],
)
def test_wrong_flags_are_refused_without_a_traceback(command: Command, flags: tuple[str, ...], fault: str) -> None:
    ran = command.here("preview", "--stack", "dev", *flags)
    assert ran.returncode == 1
    assert ran.stderr.startswith(f"error: {fault}")
    assert "Traceback" not in ran.stderr


def test_a_pack_without_its_environment_is_told_how_to_get_one(command: Command, tmp_path: Path) -> None:
    (tmp_path / "PulumiPolicy.yaml").write_text("runtime: {name: python, options: {virtualenv: .venv}}", "utf-8")
    ran = command.here("preview", "--stack", "dev", "--policy-pack", str(tmp_path))
    assert ran.returncode == 1
    assert "has no environment to run in" in ran.stderr
    assert ran.stderr.endswith("make setup\n")


@pytest.mark.parametrize("runtime", ["nodejs", "{name: opa}"])
def test_a_pack_in_another_language_is_refused_by_name(command: Command, tmp_path: Path, runtime: str) -> None:
    (tmp_path / "PulumiPolicy.yaml").write_text(f"runtime: {runtime}", encoding="utf-8")
    ran = command.here("preview", "--stack", "dev", "--policy-pack", str(tmp_path))
    assert ran.returncode == 1
    assert "a rehearsal runs packs in python" in ran.stderr
