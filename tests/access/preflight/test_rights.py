"""The rights that preflight asks for are exactly those without which `up` is refused."""

from __future__ import annotations

import uuid

import pytest

from tests.access.deployed import Deployed
from tests.access.preflight.test_faults import preflight

GRAPH_ROLES = ("Application.ReadWrite.OwnedBy", "AppRoleAssignment.ReadWrite.All")
CONTRIBUTOR = "b24988ac-6180-42a0-ab88-20f7382dd24c"
ROLE_ADMINISTRATOR = "f58310d9-a9f6-439a-9e8d-f62e7b41a168"
ALL = (*GRAPH_ROLES, CONTRIBUTOR, ROLE_ADMINISTRATOR)


@pytest.mark.parametrize(
    ("lacking", "named"),
    [
        (None, ()),
        (GRAPH_ROLES[0], ("Application.ReadWrite.OwnedBy",)),
        (GRAPH_ROLES[1], ("AppRoleAssignment.ReadWrite.All",)),
        (CONTRIBUTOR, ("Microsoft.Web/sites/write",)),
        (ROLE_ADMINISTRATOR, ("Microsoft.Authorization/roleAssignments/write",)),
    ],
    ids=["all", "no registering", "no granting", "no Azure resources", "no Azure roles"],
)
def test_up_succeeds_with_what_is_asked_for_and_fails_without(
    tenant: Deployed, lacking: str | None, named: tuple[str, ...]
) -> None:
    deployer = tenant.stand_in.application(displayName="deployer")
    for right in ALL:
        if right != lacking:
            grant(tenant, deployer.principal_id, right)
    signed_in = {"ARM_CLIENT_ID": deployer.app_id, "ARM_CLIENT_SECRET": deployer.secret}
    status, faults = preflight(tenant, **signed_in)
    told = [each["problem"] for each in faults if each["check"] in ("Graph role", "Azure role")]
    assert [any(name in problem for problem in told) for name in named] == [True] * len(named)
    assert len(told) == len(named), told
    assert status == (3 if named else 0)
    up = tenant.up_as(**signed_in)
    assert (up.returncode == 0) == (not named), up.stdout + up.stderr


def grant(tenant: Deployed, principal: str, right: str) -> None:
    if right in GRAPH_ROLES:
        graph, role = tenant.graph_role(right)
        assert tenant.stand_in.assign(principal, graph, role).status_code == 201
        return
    scope = f"/subscriptions/{tenant.endpoint.subscription_id}"
    definition = f"{scope}/providers/Microsoft.Authorization/roleDefinitions/{right}"
    properties = {"roleDefinitionId": definition, "principalId": principal, "principalType": "ServicePrincipal"}
    made = tenant.stand_in.arm.put(
        f"{scope}/providers/Microsoft.Authorization/roleAssignments/{uuid.uuid4()}",
        params={"api-version": "2022-04-01"},
        json={"properties": properties},
    )
    assert made.status_code == 201, made.text
