"""The whole life of a registration and its grants under terraform and the real azuread provider.

They skip unless `terraform` and `terraform-provider-azuread` are on PATH. The provider deletes slowly on its own
account: it waits until an object has been gone for some twenty seconds, and longer for one that can still be read.
"""

import json
import os
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from rehearsal.azure.server import Endpoint, Options, running
from tests.rehearsal.azure.stand_in import StandIn

MISSING = [name for name in ("terraform", "terraform-provider-azuread") if not shutil.which(name)]
pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"{', '.join(MISSING)} not on PATH")

PROGRAM = """
terraform {
  required_providers { azuread = { source = "hashicorp/azuread" } }
}
provider "azuread" {}
variable "grants" { type = number }
variable "read_all" { type = string }
data "azuread_client_config" "current" {}
data "azuread_service_principal" "graph" { client_id = "00000003-0000-0000-c000-000000000000" }
locals {
  roles = { for number in range(var.grants) : format("Things.Read.%03d", number) => uuidv5("url", "things/${number}") }
}
resource "azuread_application" "api" {
  display_name            = "things"
  identifier_uris         = ["api://${data.azuread_client_config.current.tenant_id}/things"]
  prevent_duplicate_names = true
  owners                  = [data.azuread_client_config.current.object_id]
  api { requested_access_token_version = 2 }
  dynamic "app_role" {
    for_each = local.roles
    content {
      id                   = app_role.value
      value                = app_role.key
      display_name         = app_role.key
      description          = var.read_all
      allowed_member_types = ["Application"]
      enabled              = true
    }
  }
  required_resource_access {
    resource_app_id = data.azuread_service_principal.graph.client_id
    resource_access {
      id   = data.azuread_service_principal.graph.app_role_ids["User.Read.All"]
      type = "Role"
    }
  }
}
resource "azuread_application" "caller" { display_name = "caller" }
resource "azuread_service_principal" "api" {
  client_id                    = azuread_application.api.client_id
  app_role_assignment_required = true
  description                  = var.read_all
  owners                       = [data.azuread_client_config.current.object_id]
}
resource "azuread_service_principal" "caller" { client_id = azuread_application.caller.client_id }
resource "azuread_app_role_assignment" "grant" {
  for_each            = local.roles
  app_role_id         = each.value
  principal_object_id = azuread_service_principal.caller.object_id
  resource_object_id  = azuread_service_principal.api.object_id
}
"""


class Terraform:
    """One working folder of terraform against one stand-in."""

    def __init__(self, folder: Path, endpoint: Endpoint, grants: int) -> None:
        folder.mkdir()
        provider = Path(str(shutil.which("terraform-provider-azuread"))).parent
        (folder / "main.tf").write_text(PROGRAM)
        (folder / "terraformrc").write_text(
            f'provider_installation {{ dev_overrides {{ "hashicorp/azuread" = "{provider}" }} direct {{}} }}\n'
            "disable_checkpoint = true\n"
        )
        self.folder, self.grants = folder, grants
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("ARM_", "AZURE_", "TF_"))},
            **endpoint.environment(),
            "TF_CLI_CONFIG_FILE": str(folder / "terraformrc"),
            "TF_IN_AUTOMATION": "1",
        }

    def run(self, *arguments: str, text: str) -> subprocess.CompletedProcess[str]:
        variables = ["-parallelism=20", "-var", f"grants={self.grants}", "-var", f"read_all={text}"]
        return subprocess.run(
            [str(shutil.which("terraform")), *arguments, "-no-color", "-input=false", *variables],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )

    def apply(self, text: str) -> None:
        result = self.run("apply", "-auto-approve", text=text)
        assert result.returncode == 0, result.stdout + result.stderr

    def expect_no_changes(self, text: str) -> None:
        result = self.run("plan", "-detailed-exitcode", text=text)
        assert result.returncode == 0, result.stdout + result.stderr

    def destroy(self, text: str) -> None:
        result = self.run("destroy", "-auto-approve", text=text)
        assert result.returncode == 0, result.stdout + result.stderr


def live(folder: Path, options: Options, grants: int, faults: tuple[dict[str, object], ...] = ()) -> Counter[int]:
    """Apply, plan nothing, update, plan nothing, destroy, and leave nothing but deleted applications; how often each
    status was answered.
    """
    with running(options) as endpoint:
        stand_in = StandIn(endpoint)
        for fault in faults:
            assert stand_in.control.post("/_rehearsal/faults", json=fault).status_code == 201
        terraform = Terraform(folder, endpoint, grants)
        terraform.apply("Read every thing")
        assert len(contents(stand_in)["appRoleAssignments"]) == grants
        terraform.expect_no_changes("Read every thing")
        terraform.apply("Read all things")
        terraform.expect_no_changes("Read all things")
        terraform.destroy("Read all things")
        left = contents(stand_in)
        assert len(left.pop("deletedApplications")) == 2
        assert len(left.pop("deletedServicePrincipals")) == 2
        assert not any(left.values()), json.dumps(left)
        answered = stand_in.control.get("/_rehearsal/requests").json()["requests"]
        stand_in.close()
        return Counter(request["status"] for request in answered if not request["path"].startswith("/_rehearsal"))


def contents(stand_in: StandIn) -> dict[str, list[object]]:
    return dict(stand_in.control.get("/_rehearsal/contents").json())


def test_a_registration_with_a_grant_lives_its_whole_life(tmp_path: Path) -> None:
    live(tmp_path / "terraform", Options(state=tmp_path / "state"), grants=1)


@pytest.mark.slow
def test_two_hundred_grants_live_their_whole_life(tmp_path: Path) -> None:
    live(tmp_path / "terraform", Options(state=tmp_path / "state"), grants=200)


@pytest.mark.slow
def test_ten_seconds_of_replication_delay_are_waited_for(tmp_path: Path) -> None:
    live(tmp_path / "terraform", Options(state=tmp_path / "state", replication_delay=10), grants=3)


def test_a_fifth_of_all_answers_may_be_429_or_503(tmp_path: Path) -> None:
    always: dict[str, object] = {"times": None, "retryAfter": 0}
    faults = tuple(
        {"route": route, "status": status, "probability": probability, "seed": status, **always}
        # A ninth of the nine tenths that the first fault spares is a tenth of all.
        for status, probability in ((429, 1 / 10), (503, 1 / 9))
        for route in ("* /v1.0/*", "* /beta/*", "POST /*/token")
    )
    answered = live(tmp_path / "terraform", Options(state=tmp_path / "state"), grants=3, faults=faults)
    assert answered[429] > 0
    assert answered[503] > 0
