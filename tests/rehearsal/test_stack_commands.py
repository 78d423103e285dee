"""What a user does with a stack's state: look, take out, put back, bring in line with Azure, forget."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from rehearsal.azure.server import Endpoint, Options, running
from tests.rehearsal.command import Command, contents_at, living


@contextmanager
def _as_deployer(endpoint: Endpoint) -> Iterator[httpx.Client]:
    """A foreign client of Graph, signed in as the deployer."""
    trust = ssl.create_default_context(cafile=endpoint.ca_file)
    with httpx.Client(base_url=endpoint.https_url, verify=trust, trust_env=False) as client:
        answer = client.post(
            f"/{endpoint.tenant_id}/oauth2/v2.0/token",
            data={
                "grant_type": "client_credentials",
                "client_id": endpoint.client_id,
                "client_secret": endpoint.client_secret,
                "scope": f"{endpoint.https_url}/.default",
            },
        )
        client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        yield client


def test_a_grant_that_somebody_took_away_is_found_by_refresh_and_given_again_by_up(command: Command) -> None:
    assert command.here("up", "--stack", "dev", "--yes", "--skip-preview").returncode == 0
    with running(Options(state=command.folder.azure)) as endpoint, _as_deployer(endpoint) as graph:
        taken = contents_at(endpoint)["appRoleAssignments"][0]
        deleted = graph.delete(f"/v1.0/servicePrincipals/{taken['resourceId']}/appRoleAssignedTo/{taken['id']}")
        assert deleted.status_code == 204, deleted.text
    refreshed = command.here("refresh", "--stack", "dev", "--yes", "--skip-preview")
    assert refreshed.returncode == 0, refreshed.stdout + refreshed.stderr
    assert "- 1 deleted" in refreshed.stdout
    again = command.here("up", "--stack", "dev", "--yes", "--skip-preview")
    assert again.returncode == 0, again.stdout + again.stderr
    assert "+ 1 created" in again.stdout
    assert len(command.contents()["appRoleAssignments"]) == 2


def test_outputs_export_and_import_tell_the_same_stack(command: Command, tmp_path: Path) -> None:
    assert command.here("up", "--stack", "dev", "--yes", "--skip-preview").returncode == 0
    outputs = json.loads(command.here("stack", "output", "--stack", "dev", "--json").stdout)
    one = command.here("stack", "output", "--stack", "dev", "scope")
    assert one.stdout == f"{outputs['scope']}\n"
    assert outputs["grantedRoles"] == [
        {"api": "own", "role": "Things.Read.All"},
        {"api": "Microsoft Graph", "role": "User.Read.All"},
    ]
    exported = tmp_path / "dev.json"
    assert command.here("stack", "export", "--stack", "dev", "--file", str(exported)).returncode == 0
    assert json.loads(exported.read_text(encoding="utf-8"))["version"] == 3
    imported = command.here("stack", "import", "--stack", "dev", "--file", str(exported))
    assert imported.returncode == 0, imported.stderr
    preview = command.here("preview", "--stack", "dev", "--expect-no-changes")
    assert preview.returncode == 0, preview.stdout + preview.stderr


def test_a_stack_is_only_forgotten_when_it_is_empty(command: Command) -> None:
    assert command.here("up", "--stack", "dev", "--yes", "--skip-preview").returncode == 0
    kept = command.here("stack", "rm", "--stack", "dev", "--yes")
    assert kept.returncode == 1
    assert kept.stderr.startswith("error: 'dev' still has resources; removal rejected.")
    assert command.here("destroy", "--stack", "dev", "--yes", "--skip-preview").returncode == 0
    removed = command.here("stack", "rm", "--stack", "dev", "--yes")
    assert removed.returncode == 0, removed.stderr
    assert removed.stdout == "Stack 'dev' has been removed!\n"
    missing = command.here("stack", "output", "--stack", "dev")
    assert missing.returncode == 6
    assert missing.stderr.startswith("error: no stack named 'dev' found in ")


def test_destroy_leaves_what_is_protected_when_told_to(command: Command) -> None:
    assert command.here("up", "--stack", "prod", "--yes", "--skip-preview").returncode == 0
    destroyed = command.here("destroy", "--stack", "prod", "--yes", "--skip-preview", "--exclude-protected")
    assert destroyed.returncode == 0, destroyed.stdout + destroyed.stderr
    left = living(command.contents())
    assert [entry["name"] for entry in left["applications"]] == ["things-prod"]
    assert any(entry["type"].lower() == "microsoft.web/sites" for entry in left["resources"])
    assert "appRoleAssignments" not in left


def test_files_that_cannot_be_read_are_named(command: Command, tmp_path: Path) -> None:
    missing = tmp_path / "missing.json"
    refused = command.here("import", "--stack", "dev", "--file", str(missing), "--yes")
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"error: {missing} can't be read as an import file: ")
    broken = tmp_path / "broken.json"
    broken.write_text("{", encoding="utf-8")
    refused = command.here("stack", "import", "--stack", "dev", "--file", str(broken))
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"error: {broken} is no JSON: ")
