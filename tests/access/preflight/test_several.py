"""Several function apps and APIs in one stack: faults name the place in the configuration that they come from."""

from __future__ import annotations

from typing import Any

import yaml

from tests.access.deployed import Deployed
from tests.access.preflight.test_faults import configure, preflight

SEVERAL: dict[str, Any] = {
    "keyless:apis": [
        {"name": "things", "roles": [{"value": "Things.Read.All"}]},
        {"name": "orders", "roles": [{"value": "Orders.Read.All"}]},
    ],
    "keyless:callers": [
        {"name": "reader", "grants": [{"api": "own:things", "roles": ["Things.Read.All"]}]},
        {"name": "writer", "grants": [{"api": "Microsoft Graph", "roles": ["User.Read.All"]}]},
    ],
}


def several(config: dict[str, Any]) -> None:
    for key in ("keyless:api", "keyless:grants", "keyless:appSettings"):
        del config[key]
    config.update(yaml.safe_load(yaml.safe_dump(SEVERAL)))


def test_an_empty_tenant_has_no_faults_for_several(tenant: Deployed) -> None:
    configure(tenant, several)
    assert preflight(tenant) == (0, [])


def test_a_registration_left_behind_is_taken_over_by_the_api_of_its_name(tenant: Deployed) -> None:
    configure(tenant, several)
    left = tenant.stand_in.application(displayName="orders-dev")
    status, (fault,) = preflight(tenant)
    assert (status, fault["check"]) == (3, "orphan")
    assert f"pulumi config set --path 'keyless:apis[1].import.application' {left.path()[5:]}" in fault["remedy"]


def test_a_wrong_role_of_one_function_app_hides_no_other_fault(tenant: Deployed) -> None:
    configure(tenant, several)
    configure(tenant, lambda config: config["keyless:callers"][1]["grants"][0].update(roles=["User.Raed.All"]))
    tenant.stand_in.application(displayName="orders-dev")
    _, faults = preflight(tenant)
    assert [each["check"] for each in faults] == ["program", "orphan"]
    assert "Did you mean 'User.Read.All'?" in faults[0]["problem"]
