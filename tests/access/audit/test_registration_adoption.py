"""A registration that exists already is taken over by configuration, with its service principal, URI and grant."""

from __future__ import annotations

import yaml

from tests.access.audit.settled import forget, settle
from tests.access.deployed import Deployed

IMPORTED = {
    "application": "azuread:index/application:Application",
    "servicePrincipal": "azuread:index/servicePrincipal:ServicePrincipal",
    "identifierUri": "azuread:index/applicationIdentifierUri:ApplicationIdentifierUri",
}


def test_a_registration_that_the_state_lost_is_imported(stack: Deployed) -> None:
    ids = {key: stack.resource(type_)["id"] for key, type_ in IMPORTED.items()}
    grant = stack.assignment("Things.Read.All")
    forget(stack, {*(stack.resource(type_)["urn"] for type_ in IMPORTED.values()), grant["urn"]})
    document = yaml.safe_load(stack.config.read_text(encoding="utf-8"))
    document["config"]["keyless:api"]["import"] = ids
    document["config"]["keyless:grants"][0]["import"] = {"Things.Read.All": grant["id"]}
    stack.config.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")

    up = stack.rehearse("up", "--yes", "--skip-preview")
    assert up.returncode == 0, up.stdout + up.stderr
    assert {key: stack.resource(type_)["id"] for key, type_ in IMPORTED.items()} == ids
    settle(stack)
    assert "import" not in stack.config.read_text(encoding="utf-8")
