"""What would stop an `up`: each fault alone, and all of them in one run."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from tests.access.deployed import Deployed

URI = "api://{tenantId}/things"


def preflight(tenant: Deployed, **variables: str) -> tuple[int, list[dict[str, str]]]:
    options = ("--backend", str(tenant.folder.backend), "--config-file", str(tenant.config), "--format", "json")
    result = tenant.access("preflight", "--stack", "dev", *options, **variables)
    assert result.returncode in (0, 3), result.stderr
    assert "Traceback" not in result.stderr
    return result.returncode, json.loads(result.stdout)["faults"]


def configure(tenant: Deployed, change: Callable[[dict[str, Any]], None]) -> None:
    document = yaml.safe_load(tenant.config.read_text(encoding="utf-8"))
    change(document["config"])
    tenant.config.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")


def uri_of_another(tenant: Deployed) -> None:
    """Another application has the URI."""
    configure(tenant, lambda config: config["keyless:api"].update(identifierUri=URI))
    other = tenant.stand_in.application(displayName="other")
    body = {"identifierUris": [URI.replace("{tenantId}", tenant.endpoint.tenant_id)]}
    tenant.stand_in.made("PATCH", other.path(), body, 204)


def uri_of_a_deleted_one(tenant: Deployed) -> None:
    """A deleted application has the URI."""
    uri_of_another(tenant)
    (found,) = tenant.stand_in.graph.get("/v1.0/applications?$filter=displayName eq 'other'").json()["value"]
    assert tenant.stand_in.graph.delete(f"/v1.0/applications/{found['id']}").status_code == 204


def unverified_domain(tenant: Deployed) -> None:
    """The URI has a domain that the tenant has not verified."""
    configure(tenant, lambda config: config["keyless:api"].update(identifierUri="https://contoso.com/things"))


def no_such_role(tenant: Deployed) -> None:
    """A grant names a role that the API does not have."""
    configure(tenant, lambda config: config["keyless:grants"][1].update(roles=["User.Raed.All"]))


def no_such_api(tenant: Deployed) -> None:
    """A grant names an API that the tenant does not have."""
    configure(tenant, lambda config: config["keyless:grants"].append({"api": "No Such API", "roles": ["X.Read"]}))


def region_without_flex(tenant: Deployed) -> None:
    """The region does not host the plan."""
    configure(tenant, lambda config: config.update({"azure-native:location": "eastus2euap"}))


def application_left_behind(tenant: Deployed) -> None:
    """An earlier stack left its registration."""
    tenant.stand_in.application(displayName="things-dev")


def development_client_left_behind(tenant: Deployed) -> None:
    """An earlier stack left its development client."""
    configure(tenant, lambda config: config.update({"keyless:developerClient": True}))
    tenant.stand_in.application(displayName="keyless-dev-caller-developer")


def unregistered(tenant: Deployed) -> None:
    """The subscription does not use Microsoft.Web."""
    path = f"/subscriptions/{tenant.endpoint.subscription_id}/providers/Microsoft.Web/unregister"
    assert tenant.stand_in.arm.post(path, params={"api-version": "2022-09-01"}).is_success


FAULTS: dict[str, tuple[Callable[[Deployed], None], str, str]] = {
    "a URI of another application": (uri_of_another, "identifier URI", "belongs to the application other"),
    "a URI of a deleted application": (uri_of_a_deleted_one, "identifier URI", "belongs to the deleted application"),
    "a domain that is not verified": (unverified_domain, "identifier URI", "contoso.com is no verified domain"),
    "a role that is not there": (no_such_role, "program", "Did you mean 'User.Read.All'?"),
    "an API that is not there": (no_such_api, "program", "There is no API 'No Such API'"),
    "a region without Flex Consumption": (region_without_flex, "region", "eastus2euap does not host FlexConsumption"),
    "a registration left behind": (application_left_behind, "orphan", "An application named things-dev"),
    "a resource provider not registered": (unregistered, "subscription", "not registered with Microsoft.Web"),
}


def test_an_empty_tenant_has_no_faults(tenant: Deployed) -> None:
    assert preflight(tenant) == (0, [])


@pytest.mark.parametrize(("make", "check", "problem"), FAULTS.values(), ids=FAULTS.keys())
def test_each_fault_is_found_alone(
    tenant: Deployed, make: Callable[[Deployed], None], check: str, problem: str
) -> None:
    make(tenant)
    status, faults = preflight(tenant)
    told = [each for each in faults if not each["problem"].startswith("Not checked: ")]
    assert (status, [each["check"] for each in told]) == (3, [check])
    assert problem in told[0]["problem"]
    assert told[0]["remedy"]


def test_nothing_of_a_development_client_is_taken_over(tenant: Deployed) -> None:
    development_client_left_behind(tenant)
    application_left_behind(tenant)
    _, faults = preflight(tenant)
    remedies = {each["problem"].split()[3]: each["remedy"] for each in faults if each["check"] == "orphan"}
    assert remedies["things-dev"].startswith("Take it over: pulumi config set --path keyless:api.import.application ")
    assert remedies["keyless-dev-caller-developer"].startswith("If an earlier stack left it: az ad app delete --id ")


def test_all_faults_are_found_in_one_run(tenant: Deployed) -> None:
    for make in (uri_of_another, no_such_role, no_such_api, region_without_flex, application_left_behind):
        make(tenant)
    weak = tenant.stand_in.application(displayName="weak")
    graph, role = tenant.graph_role("Application.Read.All")
    assert tenant.stand_in.assign(weak.principal_id, graph, role).status_code == 201
    _, faults = preflight(tenant, ARM_CLIENT_ID=weak.app_id, ARM_CLIENT_SECRET=weak.secret)
    checks = {each["check"] for each in faults}
    assert checks >= {"program", "Graph role", "Azure role", "subscription", "identifier URI", "orphan"}
    program = next(each["problem"] for each in faults if each["check"] == "program")
    assert "User.Raed.All" in program
    assert "No Such API" in program


def test_a_configuration_that_the_program_refuses_is_told_in_its_words(tenant: Deployed) -> None:
    configure(tenant, lambda config: config.update({"azure-native:location": "moon"}))
    status, (fault,) = preflight(tenant)
    assert (status, fault["check"]) == (3, "program")
    assert "azure-native:location" in fault["problem"]


def test_a_deployed_stack_is_not_in_its_own_way(tenant: Deployed) -> None:
    up = tenant.rehearse("up", "--yes", "--skip-preview")
    assert up.returncode == 0, up.stdout + up.stderr
    assert preflight(tenant) == (0, [])


def test_what_a_lost_state_leaves_behind_is_found(tenant: Deployed) -> None:
    assert tenant.rehearse("up", "--yes", "--skip-preview").returncode == 0
    state = tenant.folder.backend / ".pulumi" / "stacks" / "keyless" / "dev.json"
    state.unlink()
    _, faults = preflight(tenant)
    assert sorted(each["check"] for each in faults) == ["name", "name", "orphan", "orphan"]
