"""The Entra half of the program under the real Pulumi CLI and the real azuread plugin.

It skips unless both are on PATH. The provider deletes slowly on its own account: it waits until an object has been gone
for some twenty seconds.
"""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from rehearsal.azure.server import Endpoint, Options, running
from tests.rehearsal.azure.stand_in import Document, StandIn, claims

NEEDED = ("pulumi", "pulumi-language-python", "pulumi-resource-azuread")
MISSING = [name for name in NEEDED if not shutil.which(name)]
pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"{', '.join(MISSING)} not on PATH")

ROOT = Path(__file__).parents[3]
PROJECT = "name: entra-half\nruntime: python\n"
PROGRAM = """
import pulumi

from components.app_role import AppRole
from components.app_role_grant import AppRoleGrant, AppRoleGrantArgs
from components.developer_client import DeveloperClient, DeveloperClientArgs
from components.granted_api import Grant, published
from components.pipeline_identity import PipelineIdentity, PipelineIdentityArgs
from components.protected_api import ProtectedApi, ProtectedApiArgs
from components.tenant import Tenant

description = pulumi.Config().require("description")
tenant = Tenant.signed_in()
[graph] = published({"caller": [Grant("Microsoft Graph", ["User.Read.All"])]}, tenant)["caller"]
roles = [AppRole(value, description, value) for value in ("Things.Read.All", "Things.Write.All")]
api = ProtectedApi(
    "api",
    ProtectedApiArgs(
        api="things",
        display_name="things",
        roles=roles,
        tenant_id=tenant.id,
        owner_object_id=tenant.deployer_object_id,
    ),
)
caller = DeveloperClient(
    "caller",
    DeveloperClientArgs(
        display_name="caller", owner_object_id=tenant.deployer_object_id, expires="2999-01-01T00:00:00Z"
    ),
)
for name, resource, granted in (
    ("own", api.service_principal_object_id, {"Things.Read.All": api.role_ids["Things.Read.All"]}),
    ("graph", graph.object_id, graph.role_ids),
):
    principal = caller.service_principal_object_id
    args = AppRoleGrantArgs(principal_object_id=principal, resource_object_id=resource, roles=granted)
    AppRoleGrant(f"caller-{name}", args)
subjects = {"dev": "repo:contoso/things:environment:dev", "dev-ids": "repo:contoso@1/things@2:environment:dev"}
PipelineIdentity("deploy-dev", PipelineIdentityArgs(display_name=f"deploy: {description}", subjects=subjects))
pulumi.export("caller", caller.described)
for name in ("scope", "audience", "issuer"):
    pulumi.export(name, getattr(api, name))
"""


@dataclass
class Project:
    """A project with a file backend and a PULUMI_HOME of its own, and one stack in it."""

    folder: Path
    endpoint: Endpoint

    def __post_init__(self) -> None:
        for name in ("project", "backend", "home"):
            (self.folder / name).mkdir()
        (self.folder / "project" / "Pulumi.yaml").write_text(PROJECT)
        (self.folder / "project" / "__main__.py").write_text(PROGRAM)
        self.run("stack", "init", "dev")

    def run(self, *arguments: str) -> str:
        """Run the CLI; what it said on standard output."""
        foreign = ("ARM_", "AZURE_", "PULUMI_")
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(foreign)},
            **self.endpoint.environment(),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "PULUMI_HOME": str(self.folder / "home"),
            "PULUMI_BACKEND_URL": f"file://{self.folder / 'backend'}",
            "PULUMI_CONFIG_PASSPHRASE": "correct horse",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        }
        result = subprocess.run(
            [str(shutil.which("pulumi")), *arguments, "--non-interactive", "--color", "never"],
            cwd=self.folder / "project",
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout

    def up(self, description: str) -> None:
        """Deploy, with that description of the API's roles."""
        self.run("up", "--yes", "--skip-preview", "--config", f"description={description}")

    def outputs(self) -> dict[str, Any]:
        """The stack's outputs."""
        assert "8Q~" not in self.run("stack", "output", "--json"), "every secret that Graph makes has this in it"
        return dict(json.loads(self.run("stack", "output", "--json", "--show-secrets")))


@pytest.mark.slow
def test_the_entra_half_of_the_program_lives_its_whole_life(tmp_path: Path) -> None:
    (tmp_path / "pulumi").mkdir()
    with running(Options(state=tmp_path / "state")) as endpoint:
        stand_in = StandIn(endpoint)
        project = Project(tmp_path / "pulumi", endpoint)
        project.up("Read every thing")
        project.run("preview", "--refresh", "--expect-no-changes")
        assert_the_caller_gets_its_role(stand_in, project.outputs())
        project.up("Read all things")
        project.run("preview", "--refresh", "--expect-no-changes")
        assert {role["description"] for role in things(stand_in)["appRoles"]} == {"Read all things"}
        project.run("destroy", "--yes", "--skip-preview")
        left = stand_in.control.get("/_rehearsal/contents").json()
        assert {name: len(items) for name, items in left.items() if items} == {
            "deletedApplications": 3,
            "deletedServicePrincipals": 3,
        }
        stand_in.close()


def things(stand_in: StandIn) -> Document:
    """The API's registration."""
    answer = stand_in.graph.get("/v1.0/applications", params={"$filter": "displayName eq 'things'"})
    [found] = answer.json()["value"]
    return dict(found)


def assert_the_caller_gets_its_role(stand_in: StandIn, outputs: dict[str, Any]) -> None:
    """What was deployed does what the program says of it: a token for the scope, from the issuer, with the role."""
    client = outputs["caller"]
    answer = stand_in.ask_for_token(outputs["scope"], client["clientId"], client["clientSecret"])
    assert answer.status_code == 200, answer.text
    token = claims(answer.json()["access_token"])
    assert token["roles"] == ["Things.Read.All"]
    assert (token["aud"], token["iss"]) == (outputs["audience"], outputs["issuer"])
