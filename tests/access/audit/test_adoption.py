"""Taking over what exists: by the configuration that the audit writes, and the next `up`."""

from __future__ import annotations

from pathlib import Path

import yaml

from tests.access.audit import drift
from tests.access.deployed import Deployed


def grants(config: Path) -> list[dict[str, object]]:
    return list(yaml.safe_load(config.read_text(encoding="utf-8"))["config"]["keyless:grants"])


def test_a_role_that_nobody_declared_is_declared_and_imported(stack: Deployed) -> None:
    identifier = drift.role_on_another_api(stack)
    before = stack.config.read_text(encoding="utf-8")
    shown = stack.audit("--adopt")
    assert shown.returncode == 3
    assert f"import azuread:index/appRoleAssignment:AppRoleAssignment {identifier}" in shown.stderr
    assert stack.config.read_text(encoding="utf-8") == before, "showing must not change anything"

    adopted = stack.audit("--adopt", "--yes")
    assert adopted.returncode == 0, adopted.stderr
    assert grants(stack.config)[1] == {
        "api": "Microsoft Graph",
        "roles": ["User.Read.All", "Directory.Read.All"],
        "import": {"Directory.Read.All": identifier},
    }
    up = stack.rehearse("up", "--yes", "--skip-preview")
    assert up.returncode == 0, up.stdout + up.stderr
    assert stack.assignment("Directory.Read.All")["id"] == identifier
    assert_settled(stack)


def test_what_the_program_has_no_place_for_is_told_and_left_to_revoke(stack: Deployed) -> None:
    drift.foreign_caller(stack)
    drift.azure_role(stack)
    drift.secret(stack)
    before = stack.config.read_text(encoding="utf-8")
    told = stack.audit("--adopt", "--yes")
    assert told.returncode == 3
    assert told.stderr.count("cannot adopt: ") == 3
    assert stack.config.read_text(encoding="utf-8") == before
    assert stack.audit("--adopt", "--revoke", "--yes").returncode == 0
    assert stack.audit().returncode == 0


def test_comments_and_order_of_the_configuration_stay(stack: Deployed) -> None:
    text = stack.config.read_text(encoding="utf-8")
    stack.config.write_text(text.replace("  keyless:grants:", "  # why these\n  keyless:grants:"), encoding="utf-8")
    drift.role_on_another_api(stack)
    stack.audit("--adopt", "--yes")
    lines = stack.config.read_text(encoding="utf-8").splitlines()
    kept = [
        line for line in lines if "Directory.Read.All" not in line and "import:" not in line and "/serv" not in line
    ]
    assert kept == [
        line
        for line in text.replace("  keyless:grants:", "  # why these\n  keyless:grants:").splitlines()
        if "User.Read.All" not in line
    ]


def test_created_but_not_recorded_is_healed_by_what_the_tool_prints(stack: Deployed) -> None:
    """The read that ends a create answers 404, so the assignment is there and the state does not know it
    (hashicorp/terraform-provider-azuread#763); the next run meets it.
    """
    config = yaml.safe_load(stack.config.read_text(encoding="utf-8"))
    config["config"]["keyless:grants"][1]["roles"].append("Group.Read.All")
    stack.config.write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")
    route = "GET /v1.0/servicePrincipals/{id}/appRoleAssignedTo/{assignment}"
    fault = {"route": route, "status": 404, "times": None}
    assert stack.stand_in.control.post("/_rehearsal/faults", json=fault).status_code == 201
    assert stack.rehearse("up", "--yes", "--skip-preview").returncode != 0
    assert stack.stand_in.control.delete("/_rehearsal/faults").status_code == 204
    again = stack.rehearse("up", "--yes", "--skip-preview")
    assert again.returncode != 0
    assert "Permission being assigned already exists on the object" in again.stdout + again.stderr

    (found,) = stack.findings("undeclared")
    assert found["role"]["name"] == "Group.Read.All"
    adopted = stack.audit("--adopt", "--yes")
    assert adopted.returncode == 0, adopted.stderr
    assert "(declared, and not in the state)" in adopted.stderr
    up = stack.rehearse("up", "--yes", "--skip-preview")
    assert up.returncode == 0, up.stdout + up.stderr
    assert_settled(stack)


def test_a_role_that_was_granted_anew_by_hand_is_taken_over_after_a_refresh(stack: Deployed) -> None:
    former = stack.assignment("Things.Read.All")
    assert stack.stand_in.graph.delete(f"/v1.0{former['id']}").status_code == 204
    made = stack.stand_in.assign(stack.identity, stack.api, former["inputs"]["appRoleId"])
    assert made.status_code == 201
    adopted = stack.audit("--adopt", "--yes")
    assert "pulumi up --refresh --stack dev" in adopted.stderr
    up = stack.rehearse("up", "--refresh", "--yes", "--skip-preview")
    assert up.returncode == 0, up.stdout + up.stderr
    assert_settled(stack)


def assert_settled(stack: Deployed) -> None:
    """Tenant, state and program agree, and running anything again changes nothing."""
    audited = stack.audit("--adopt", "--revoke", "--yes")
    assert audited.returncode == 0, audited.stdout + audited.stderr
    preview = stack.rehearse("preview", "--expect-no-changes")
    assert preview.returncode == 0, preview.stdout + preview.stderr
    up = stack.rehearse("up", "--yes", "--skip-preview", "--expect-no-changes")
    assert up.returncode == 0, up.stdout + up.stderr
