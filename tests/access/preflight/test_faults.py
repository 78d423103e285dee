"""What would stop an `up`: each fault alone, and all of them in one run."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from components import naming
from tests.access.deployed import Deployed
from tests.access.preflight.lived import Deployer
from tests.rehearsal.azure.arm.clients import site_body

TAKEN = "api://{{tenantId}}/of-{}"


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


def uri_of_another(tenant: Deployed, name: str = "other") -> None:
    """Another application has the URI."""
    uri = TAKEN.format(name)
    configure(tenant, lambda config: config["keyless:api"].update(identifierUri=uri))
    other = tenant.stand_in.application(displayName=name)
    body = {"identifierUris": [uri.replace("{tenantId}", tenant.endpoint.tenant_id)]}
    tenant.stand_in.made("PATCH", other.path(), body, 204)


def uri_of_a_deleted_one(tenant: Deployed) -> None:
    """A deleted application has the URI."""
    uri_of_another(tenant, "left")
    answer = tenant.stand_in.graph.get("/v1.0/applications", params={"$filter": "displayName eq 'left'"})
    (found,) = answer.json()["value"]
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


def names(tenant: Deployed) -> naming.Names:
    return naming.Names(tenant.endpoint.tenant_id, "keyless", "dev", "caller")


def put(tenant: Deployed, path: str, version: str, **body: Any) -> None:
    """Puts a resource into the subscription, in a region and waited for."""
    subscription = f"/subscriptions/{tenant.endpoint.subscription_id}"
    query = {"api-version": version}
    made = tenant.stand_in.arm.put(f"{subscription}{path}", params=query, json={"location": "westeurope", **body})
    assert made.is_success, made.text


def group_left_behind(tenant: Deployed) -> None:
    """An earlier stack left its resource group."""
    put(tenant, f"/resourceGroups/{names(tenant).site}", "2022-09-01")


def account_of_another(tenant: Deployed) -> None:
    """Somebody has a storage account of this name."""
    put(tenant, "/resourceGroups/others", "2022-09-01")
    account = f"/providers/Microsoft.Storage/storageAccounts/{names(tenant).storage_account}"
    put(tenant, f"/resourceGroups/others{account}", "2023-05-01", kind="StorageV2", sku={"name": "Standard_LRS"})


def site_of_another(tenant: Deployed) -> None:
    """Somebody has a site of this name."""
    put(tenant, "/resourceGroups/others", "2022-09-01")
    web = "/resourceGroups/others/providers/Microsoft.Web"
    sku = {"name": "FC1", "tier": "FlexConsumption"}
    put(tenant, f"{web}/serverfarms/plan", "2024-04-01", kind="functionapp", sku=sku, properties={"reserved": True})
    plan = f"/subscriptions/{tenant.endpoint.subscription_id}{web}/serverfarms/plan"
    put(tenant, f"{web}/sites/{names(tenant).site}", "2024-04-01", **site_body(plan))


def name_too_long(tenant: Deployed) -> None:
    """The registration has a longer name than Microsoft Graph takes."""
    configure(tenant, lambda config: config["keyless:api"].update(displayName="n" * 257))


Fault = tuple[Callable[[Deployed], None], str, str]
FAULTS: dict[str, Fault] = {
    "a URI of another application": (uri_of_another, "identifier URI", "belongs to the application other"),
    "a URI of a deleted application": (uri_of_a_deleted_one, "identifier URI", "belongs to the deleted application"),
    "a domain that is not verified": (unverified_domain, "identifier URI", "contoso.com is no verified domain"),
    "a role that is not there": (no_such_role, "program", "Did you mean 'User.Read.All'?"),
    "an API that is not there": (no_such_api, "program", "There is no API 'No Such API'"),
    "a region without Flex Consumption": (region_without_flex, "region", "eastus2euap does not host FlexConsumption"),
    "a registration left behind": (application_left_behind, "orphan", "An application named things-dev"),
    "a resource group left behind": (group_left_behind, "orphan", "The resource group keyless-dev-caller-"),
    "a storage account of another": (account_of_another, "name", "The storage account name keylessdevcall"),
    "a site of another": (site_of_another, "name", "The site name keyless-dev-caller-"),
    "a name that is too long": (name_too_long, "name", "has 257 characters"),
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
    assert (status, [each["check"] for each in faults]) == (3, [check])
    assert problem in faults[0]["problem"]
    assert faults[0]["remedy"]


def test_nothing_of_a_development_client_is_taken_over(tenant: Deployed) -> None:
    development_client_left_behind(tenant)
    application_left_behind(tenant)
    _, faults = preflight(tenant)
    remedies = {each["problem"].split()[3]: each["remedy"] for each in faults if each["check"] == "orphan"}
    assert remedies["things-dev"].startswith("Take it over: pulumi config set --path keyless:api.import.application ")
    assert remedies["keyless-dev-caller-developer"].startswith("If an earlier stack left it: az ad app delete --id ")


def test_all_faults_are_found_in_one_run(tenant: Deployed) -> None:
    weak = Deployer.holding(tenant, ["Application.Read.All"])
    weak.may("*", but=["Microsoft.Web/sites/publish/action"])
    for make, _, _ in FAULTS.values():
        make(tenant)
    configure(tenant, three_apis)
    signed_in = {"ARM_CLIENT_ID": weak.application.app_id, "ARM_CLIENT_SECRET": weak.application.secret}
    status, faults = preflight(tenant, **signed_in)
    assert status == 3
    assert Counter(each["check"] for each in faults) == {
        "program": 1,
        "Graph role": 2,
        "Azure role": 1,
        "subscription": 1,
        "identifier URI": 3,
        "orphan": 2,
        "name": 3,
        "region": 1,
    }
    for name, (_, check, problem) in FAULTS.items():
        assert any(each["check"] == check and problem in each["problem"] for each in faults), name
    assert "may not do Microsoft.Web/sites/publish/action in" in next(
        each["problem"] for each in faults if each["check"] == "Azure role"
    )


def three_apis(config: dict[str, Any]) -> None:
    """One for each fault that an identifier URI can have."""
    api = config.pop("keyless:api")
    uris = {"things": TAKEN.format("other"), "stuff": TAKEN.format("left"), "rest": "https://contoso.com/rest"}
    apis = [{"name": name, "roles": api["roles"], "identifierUri": uri} for name, uri in uris.items()]
    config["keyless:apis"] = [*apis[:-1], {**apis[-1], "displayName": api["displayName"]}]
    config["keyless:grants"][0]["api"] = "own:things"


def test_a_configuration_that_the_program_refuses_is_told_in_its_words(tenant: Deployed) -> None:
    configure(tenant, lambda config: config.update({"azure-native:location": "moon"}))
    status, (fault,) = preflight(tenant)
    assert (status, fault["check"]) == (3, "program")
    assert "azure-native:location" in fault["problem"]


def test_a_deployed_stack_is_not_in_its_own_way(stack: Deployed) -> None:
    assert preflight(stack) == (0, [])


def test_what_a_lost_state_leaves_behind_is_found(stack: Deployed) -> None:
    stack.checkpoint.unlink()
    _, faults = preflight(stack)
    assert sorted(each["check"] for each in faults) == ["name", "name", "orphan", "orphan"]


def test_without_faults_up_succeeds(tenant: Deployed) -> None:
    result = tenant.access("preflight", *tenant.named)
    assert result.returncode == 0, result.stdout
    signed_in, empty, verdict = result.stdout.splitlines()
    assert re.fullmatch(
        f"Signed in as rehearsal-deployer \\(application, object id [0-9a-f-]{{36}}\\) in tenant "
        f"{tenant.endpoint.tenant_id}, subscription {tenant.endpoint.subscription_id}, with no state: as a first up.",
        signed_in,
    )
    assert (empty, verdict) == ("", "No faults: nothing would stop up.")
    up = tenant.rehearse("up", "--yes", "--skip-preview")
    assert up.returncode == 0, up.stdout + up.stderr
