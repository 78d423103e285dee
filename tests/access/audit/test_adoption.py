"""Taking over what exists: by the configuration that the audit writes, and the next `up`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from tests.access.audit import drift
from tests.access.audit.settled import forget, settle
from tests.access.deployed import Deployed
from tests.rehearsal.azure.stand_in import role


def grants(config: Path) -> list[dict[str, Any]]:
    return list(yaml.safe_load(config.read_text(encoding="utf-8"))["config"]["keyless:grants"])


def commands(told: str, before: str) -> list[str]:
    """Returns what is printed after `before` to the ends of lines: commands to be followed."""
    return re.findall(rf"^.*{re.escape(before)}(.+)$", told, re.MULTILINE)


def test_roles_that_nobody_declared_and_that_were_granted_anew_are_declared_and_imported(stack: Deployed) -> None:
    identifier = drift.role_on_another_api(stack)
    before = stack.config.read_text(encoding="utf-8")
    shown = stack.audit("--adopt")
    assert shown.returncode == 3
    assert f"import azuread:index/appRoleAssignment:AppRoleAssignment {identifier}" in shown.stderr
    assert commands(shown.stderr, "Then import with: ") == ["pulumi up --stack dev"]
    assert stack.config.read_text(encoding="utf-8") == before, "showing must not change anything"

    anew = drift.granted_anew(stack)
    adopted = stack.audit("--adopt", "--yes")
    assert adopted.returncode == 3, "the state holds the former assignment"
    assert grants(stack.config) == [
        {"api": "own", "roles": ["Things.Read.All"], "import": {"Things.Read.All": anew}},
        {
            "api": "Microsoft Graph",
            "roles": ["User.Read.All", "Directory.Read.All"],
            "import": {"Directory.Read.All": identifier},
        },
    ]
    assert commands(adopted.stderr, "Then import with: ") == ["pulumi up --refresh --stack dev"]
    assert adopted.stderr.splitlines()[-1] == (
        "(--refresh, since the state holds former ids of caller-own-Things.Read.All.)"
    )


def test_an_import_that_was_made_is_taken_out_of_the_configuration(stack: Deployed) -> None:
    """Left there it would stop each `up` after the identity got a new assignment."""
    identifier = stack.assignment("User.Read.All")["id"]
    document = yaml.safe_load(stack.config.read_text(encoding="utf-8"))
    document["config"]["keyless:grants"][1]["import"] = {"User.Read.All": identifier}
    stack.config.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    shown = stack.audit("--adopt")
    assert shown.returncode == 0, shown.stderr
    assert f"made: the import of {identifier} is in the state" in shown.stderr
    assert "import" in grants(stack.config)[1], "showing must not change anything"
    assert stack.audit("--adopt", "--yes").returncode == 0
    assert grants(stack.config)[1] == {"api": "Microsoft Graph", "roles": ["User.Read.All"]}
    again = stack.audit("--adopt", "--yes")
    assert (again.returncode, again.stderr.splitlines()[-1]) == (0, "Nothing to adopt.")


def test_what_the_program_has_no_place_for_is_told_and_revoked_by_what_is_printed(stack: Deployed) -> None:
    before = stack.config.read_text(encoding="utf-8")
    made = [make(stack) for make in (drift.foreign_caller, drift.azure_role, drift.secret)]
    told = stack.audit("--adopt", "--yes")
    assert told.returncode == 3
    assert stack.config.read_text(encoding="utf-8") == before
    told_why = r"^cannot adopt: .*?(app role|Azure role|client secret).*\(not declared\): (.*)\.$"
    reasons = dict(re.findall(told_why, told.stderr, re.MULTILINE))
    assert reasons == {
        "app role": (
            "the program grants to its own identity only; whoever owns the holder's stack can declare it there"
        ),
        "Azure role": (
            "no configuration declares Azure roles, since the program gives its identities those that they need. If it "
            "is one of these and the state lost it, `pulumi up` makes it again once it is revoked"
        ),
        "client secret": "the program takes no credential over: only a development client has one, made by the program",
    }
    printed = [f"python{command}" for command in commands(told.stderr, "    python")]
    assert len(printed) == len(made)
    for left, command in reversed(list(enumerate(printed))):
        revoked = stack.follow(command)
        assert revoked.stderr.splitlines()[-1] == "1 revoked."
        assert revoked.returncode == (3 if left else 0)
    preview = stack.rehearse("preview", "--expect-no-changes")
    assert preview.returncode == 0, preview.stdout + preview.stderr


def test_a_role_that_the_configuration_does_not_give_the_api_is_not_adopted(stack: Deployed) -> None:
    """Somebody added it to the registration by hand, and granted it."""
    path = f"/v1.0/applications/{stack.application}"
    roles = stack.stand_in.made("GET", path, status=200)["appRoles"]
    added = role("Things.Delete.All")
    stack.stand_in.made("PATCH", path, {"appRoles": [*roles, added]}, 204)
    assert stack.stand_in.assign(stack.identity, stack.api, added["id"]).status_code == 201
    told = stack.audit("--adopt")
    assert told.returncode == 3
    assert "keyless:api.roles does not declare 'Things.Delete.All'." in told.stderr
    assert told.stderr.splitlines()[-1] == "Nothing to adopt."


def test_access_without_a_role_has_no_place_in_a_grant(stack: Deployed) -> None:
    """An API without roles can only be assigned as a whole."""
    other = stack.stand_in.application(displayName="without roles")
    nothing = "00000000-0000-0000-0000-000000000000"
    assert stack.stand_in.assign(stack.identity, other.principal_id, nothing).status_code == 201
    told = stack.audit("--adopt")
    assert told.returncode == 3
    assert "holds the app role default access on without roles" in told.stderr
    assert ": it is access without any role, which no grant can name.\n" in told.stderr


def test_an_azure_role_that_the_state_lost_is_made_again_by_what_is_printed(stack: Deployed) -> None:
    lost = stack.resource("azure-native:authorization:RoleAssignment", "caller-storage-role")
    forget(stack, {lost["urn"]})
    blocked = stack.rehearse("up", "--yes", "--skip-preview")
    assert blocked.returncode != 0
    assert f"cannot create already existing resource '{lost['id']}'" in blocked.stdout + blocked.stderr

    told = stack.audit("--adopt", "--yes")
    assert "holds the Azure role Storage Blob Data Owner" in told.stderr
    (command,) = commands(told.stderr, "    python")
    assert stack.follow(f"python{command}").returncode == 0
    up = stack.follow("pulumi up --stack dev")
    assert up.returncode == 0, up.stdout + up.stderr
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


def test_created_but_not_recorded_is_healed_by_following_what_is_printed(stack: Deployed) -> None:
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

    shown = stack.audit("--adopt")
    (identifier,) = commands(shown.stderr, "import azuread:index/appRoleAssignment:AppRoleAssignment ")
    assert "Group.Read.All on Microsoft Graph (declared, and not in the state)" in shown.stderr
    assert "With --yes this is written to" in shown.stderr
    adopted = stack.audit("--adopt", "--yes")
    assert adopted.returncode == 0, adopted.stderr
    (command,) = commands(adopted.stderr, "Then import with: ")
    up = stack.follow(command)
    assert up.returncode == 0, up.stdout + up.stderr
    assert stack.assignment("Group.Read.All")["id"] == identifier
    settle(stack)
