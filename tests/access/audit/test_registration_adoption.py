"""A registration that exists already is taken over by configuration, with its service principal, URI and grant."""

from __future__ import annotations

import json

import yaml

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
    preview = stack.rehearse("preview", "--expect-no-changes")
    assert preview.returncode == 0, preview.stdout + preview.stderr
    assert stack.audit().returncode == 0


def forget(stack: Deployed, urns: set[str]) -> None:
    """Takes resources out of the state, as `pulumi state delete --target-dependents` would their mentions."""
    state = stack.state
    latest = state["checkpoint"]["latest"]
    latest["resources"] = [each for each in latest["resources"] if each["urn"] not in urns]
    for each in latest["resources"]:
        each["dependencies"] = [urn for urn in each.get("dependencies") or [] if urn not in urns]
        each["propertyDependencies"] = {
            name: [urn for urn in found if urn not in urns]
            for name, found in (each.get("propertyDependencies") or {}).items()
        }
    stack.checkpoint.write_text(json.dumps(state), encoding="utf-8")
