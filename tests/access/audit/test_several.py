"""Several function apps and APIs in one stack: whatever is adopted goes to the function app that holds it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from tests.access.deployed import Deployed, served

ROLES = {"things": ["Things.Read.All"], "orders": ["Orders.Read.All", "Orders.Write.All"]}


def configuration(original: dict[str, Any]) -> dict[str, Any]:
    """Two function apps, of which each may call one of two APIs."""
    return {
        "azure-native:location": original["azure-native:location"],
        "keyless:apis": [
            {"name": name, "roles": [{"value": value} for value in values]} for name, values in ROLES.items()
        ],
        "keyless:callers": [
            {"name": "reader", "grants": [{"api": "own:things", "roles": ["Things.Read.All"]}]},
            {"name": "writer"},
        ],
    }


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    with served(tmp_path_factory.mktemp("rehearsal")) as stack:
        document = yaml.safe_load(stack.config.read_text(encoding="utf-8"))
        document["config"] = configuration(document["config"])
        stack.config.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
        up = stack.rehearse("up", "--yes", "--skip-preview")
        assert up.returncode == 0, up.stdout + up.stderr
        yield stack


def of(stack: Deployed, name: str) -> dict[str, Any]:
    """The outputs of a resource, by its name in the program."""
    resources = stack.state["checkpoint"]["latest"]["resources"]
    (found,) = [each for each in resources if each["urn"].endswith(f"::{name}")]
    return dict(found["outputs"])


def granted(stack: Deployed, caller: str, api: str, role: str) -> str:
    """Grants a role by hand; returns the import id of the assignment."""
    if api == "Microsoft Graph":
        resource, role_id = stack.graph_role(role)
    else:
        resource = of(stack, f"{api}-api-service-principal")["objectId"]
        roles = of(stack, f"{api}-api-application")["appRoles"]
        role_id = next(each["id"] for each in roles if each["value"] == role)
    made = stack.stand_in.assign(of(stack, f"{caller}-site")["identity"]["principalId"], resource, role_id)
    assert made.status_code == 201, made.text
    return f"/servicePrincipals/{resource}/appRoleAssignedTo/{made.json()['id']}"


def test_each_grant_is_adopted_by_the_function_app_that_holds_it_and_the_rest_is_revoked(several: Deployed) -> None:
    assert several.audit().returncode == 0, "nothing was granted by hand yet"
    written = granted(several, "writer", "orders", "Orders.Write.All")
    read = granted(several, "reader", "orders", "Orders.Read.All")
    graph = granted(several, "reader", "Microsoft Graph", "Directory.Read.All")
    revoked = granted(several, "writer", "things", "Things.Read.All")

    adopted = several.audit("--adopt", "--yes", "--only", written, "--only", read, "--only", graph)
    assert adopted.returncode == 3, "one grant is left to revoke"
    callers = yaml.safe_load(several.config.read_text(encoding="utf-8"))["config"]["keyless:callers"]
    assert callers == [
        {
            "name": "reader",
            "grants": [
                {"api": "own:things", "roles": ["Things.Read.All"]},
                {"api": "Microsoft Graph", "roles": ["Directory.Read.All"], "import": {"Directory.Read.All": graph}},
                {"api": "own:orders", "roles": ["Orders.Read.All"], "import": {"Orders.Read.All": read}},
            ],
        },
        {
            "name": "writer",
            "grants": [{"api": "own:orders", "roles": ["Orders.Write.All"], "import": {"Orders.Write.All": written}}],
        },
    ]
    taken = several.audit("--revoke", "--yes", "--only", revoked)
    assert taken.returncode == 3, "what is to be imported is not declared before the next up"
    up = several.rehearse("up", "--yes", "--skip-preview")
    assert up.returncode == 0, up.stdout + up.stderr
    audited = several.audit()
    assert audited.returncode == 0, audited.stdout


def test_what_a_function_app_holds_that_the_configuration_names_no_more_is_not_adopted(several: Deployed) -> None:
    identifier = granted(several, "writer", "orders", "Orders.Read.All")
    text = several.config.read_text(encoding="utf-8")
    several.config.write_text(text.replace("name: writer", "name: scribe"), encoding="utf-8")
    try:
        told = several.audit("--adopt", "--only", identifier)
    finally:
        several.config.write_text(text, encoding="utf-8")
    assert told.returncode == 3
    assert "the configuration has no function app named 'writer' any more" in told.stderr
