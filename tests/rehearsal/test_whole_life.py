"""The life of the real program's stacks, through the commands a user types."""

from __future__ import annotations

import json
from typing import Any

from tests.rehearsal.command import Command, living


def test_a_second_up_and_the_preview_after_it_find_nothing_to_do(command: Command) -> None:
    first = command.run("up", "--stack", "dev", "--yes")
    assert first.returncode == 0, first.stdout + first.stderr
    assert "+ 24 created" in first.stdout

    second = command.run("up", "--stack", "dev", "--yes")
    assert second.returncode == 0, second.stdout + second.stderr
    assert "24 unchanged" in second.stdout
    assert "created" not in second.stdout

    preview = command.run("preview", "--stack", "dev", "--expect-no-changes")
    assert preview.returncode == 0, preview.stdout + preview.stderr
    assert "24 unchanged" in preview.stdout


def test_prod_beside_dev_shares_no_application_principal_resource_group_or_name(command: Command) -> None:
    for stack in ("dev", "prod"):
        up = command.here("up", "--stack", stack, "--yes", "--skip-preview")
        assert up.returncode == 0, up.stdout + up.stderr
    contents = command.contents()
    for kind in ("applications", "servicePrincipals", "resources"):
        ids = [entry["id"].lower() for entry in contents[kind]]
        assert len(ids) == len(set(ids))
    names = [entry["name"] for entry in contents["applications"]]
    assert sorted(names) == ["things-dev", "things-prod"]
    for type_ in ("resourceGroups", "sites", "serverfarms", "storageAccounts"):
        found = [entry["name"] for entry in contents["resources"] if entry["type"].lower().endswith(type_.lower())]
        assert len(found) == 2, type_
        assert len(set(found)) == 2, type_


def test_destroy_leaves_nothing_that_lives(command: Command) -> None:
    assert command.here("up", "--stack", "dev", "--yes", "--skip-preview").returncode == 0
    destroyed = command.run("destroy", "--stack", "dev", "--yes")
    assert destroyed.returncode == 0, destroyed.stdout + destroyed.stderr
    assert "- 24 deleted" in destroyed.stdout
    assert living(command.contents()) == {}


def test_a_protected_stack_is_not_destroyed(command: Command) -> None:
    assert command.here("up", "--stack", "prod", "--yes", "--skip-preview").returncode == 0
    refused = command.run("destroy", "--stack", "prod", "--yes")
    assert refused.returncode == 1
    for name in ("caller-site", "api-application"):
        assert f"::{name}' " in refused.stdout or f'::{name}" cannot be deleted' in refused.stdout
    assert "Traceback" not in refused.stdout + refused.stderr
    assert len(living(command.contents())["applications"]) == 1


def test_a_preview_as_json_has_the_shape_of_the_real_one(command: Command) -> None:
    preview = command.run("preview", "--stack", "dev", "--json")
    assert preview.returncode == 0, preview.stdout + preview.stderr
    digest: dict[str, Any] = json.loads(preview.stdout)
    assert digest["changeSummary"] == {"create": 24}
    assert {step["op"] for step in digest["steps"]} == {"create"}
    assert digest["config"]["azure-native:location"] == "westeurope"


def test_nothing_is_deployed_by_a_preview(command: Command) -> None:
    assert command.run("preview", "--stack", "dev").returncode == 0
    assert living(command.contents()) == {}


def test_up_without_a_terminal_wants_to_be_told_yes(command: Command) -> None:
    refused = command.run("up", "--stack", "dev")
    assert refused.returncode == 2
    assert refused.stderr == (
        "error: --yes or --skip-preview or --preview-only must be passed in to proceed when running in "
        "non-interactive mode\n"
    )
    assert living(command.contents()) == {}


def test_a_stack_without_configuration_is_named_with_those_that_have_one(command: Command) -> None:
    refused = command.run("up", "--stack", "staging", "--yes")
    assert refused.returncode == 6
    assert "so there is no stack 'staging'. Stacks with a configuration: dev, prod.\n" in refused.stderr
