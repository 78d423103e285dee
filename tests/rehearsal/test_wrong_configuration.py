"""A configuration that can't be: every fault at once, word for word, and nothing is created."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from tests.rehearsal.command import Command, living

BY_THE_PROGRAM_ALONE = {
    "azure-native:location": "westeruope",
    "keyless:api": {
        "name": "things",
        "identifierUri": "api://things/",
        "roles": [{"value": "Things.Read.All"}, {"value": "Things.Read.All"}, {"description": "no value"}],
        "colour": "blue",
    },
    "keyless:grants": [{"api": "own", "roles": ["Things.Raed.All"]}, {"roles": ["X"]}],
    "keyless:appSetings": {},
}

BY_LOOKING_IN_THE_TENANT = {
    "azure-native:location": "westeurope",
    "keyless:api": {"name": "things", "roles": [{"value": "Things.Read.All"}]},
    "keyless:grants": [
        {"api": "Microsoft Graph", "roles": ["User.Raed.All"]},
        {"api": "Microsoft Grph", "roles": ["User.Read.All"]},
    ],
}


def _write(path: Path, configuration: Mapping[str, object]) -> str:
    path.write_text(yaml.safe_dump({"config": dict(configuration)}), encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("operation", ["preview", "up"])
def test_every_fault_of_a_configuration_is_named_in_one_message(
    command: Command, tmp_path: Path, operation: str
) -> None:
    path = _write(tmp_path / "Pulumi.dev.yaml", BY_THE_PROGRAM_ALONE)
    yes = ["--yes"] if operation == "up" else []
    refused = command.here(operation, "--stack", "dev", *yes, "--config-file", path)
    said = refused.stdout + refused.stderr
    assert refused.returncode == 1
    for fault in (
        "azure-native:location",
        "'westeruope'",
        "Did you mean 'westeurope'?",
        "keyless:api.identifierUri",
        "keyless:api.roles[1].value",
        "keyless:api.roles[2].value",
        "keyless:api.colour",
        "keyless:grants[0].roles[0]",
        "keyless:grants[1].api",
        "keyless:appSetings",
    ):
        assert fault in said, f"{fault} is not in:\n{said}"
    assert "Traceback" not in said
    assert living(command.contents()) == {}


def test_an_api_and_a_role_that_the_tenant_does_not_have_are_named_together(command: Command, tmp_path: Path) -> None:
    path = _write(tmp_path / "Pulumi.dev.yaml", BY_LOOKING_IN_THE_TENANT)
    refused = command.here("up", "--stack", "dev", "--yes", "--config-file", path)
    said = refused.stdout + refused.stderr
    assert refused.returncode == 1
    assert "User.Raed.All" in said
    assert "User.Read.All" in said, "the nearest role is suggested"
    assert "Microsoft Grph" in said
    assert "Traceback" not in said
    assert living(command.contents()) == {}
