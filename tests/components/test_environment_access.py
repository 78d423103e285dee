"""What the pipeline may do in an environment's subscription."""

from __future__ import annotations

import uuid

from components import custom_role, role_assignment, role_delegation
from components.environment_access import EnvironmentAccess
from components.function_app import FunctionApp
from rehearsal.azure.arm import role_conditions
from tests.components.examples import ENVIRONMENT_ACCESS, FUNCTION_APP
from tests.components.recording import Deployment, deploy

ASSIGNMENT = "azure-native:authorization:RoleAssignment"
DEFINITION = "azure-native:authorization:RoleDefinition"
SCOPE = f"/subscriptions/{ENVIRONMENT_ACCESS.subscription_id}"


def declared(*, preview: bool) -> Deployment:
    return deploy(lambda: EnvironmentAccess("dev", ENVIRONMENT_ACCESS), preview=preview)


def test_each_identity_holds_what_it_needs_on_the_subscription_and_nothing_else(preview: bool) -> None:
    deployment = declared(preview=preview)
    settings_reader = custom_role.guid(ENVIRONMENT_ACCESS.settings_reader, ENVIRONMENT_ACCESS.subscription_id)
    held = {
        (each.inputs["principalId"], each.inputs["roleDefinitionId"].rpartition("/")[2])
        for each in deployment.all(ASSIGNMENT)
    }
    assert held == {
        ("p1", role_assignment.READER),
        ("p1", settings_reader),
        ("p2", role_assignment.CONTRIBUTOR),
        ("p2", role_assignment.ROLE_BASED_ACCESS_CONTROL_ADMINISTRATOR),
    }
    for each in deployment.all(ASSIGNMENT):
        assert each.inputs["scope"] == SCOPE
        assert each.inputs["principalType"] == "ServicePrincipal"
        assert each.inputs["roleDefinitionId"].startswith(f"{SCOPE}/providers/")


def test_the_role_that_reads_settings_gives_nothing_else(preview: bool) -> None:
    definition = declared(preview=preview).one(DEFINITION)
    assert definition.inputs["permissions"] == [
        {
            "actions": ["Microsoft.Web/sites/config/list/action"],
            "notActions": [],
            "dataActions": [],
            "notDataActions": [],
        }
    ]
    assert definition.inputs["assignableScopes"] == [SCOPE]
    assert str(uuid.UUID(definition.inputs["roleDefinitionId"])) == definition.inputs["roleDefinitionId"]


def test_a_custom_role_is_there_before_anybody_holds_it(preview: bool) -> None:
    deployment = declared(preview=preview)
    [assignment] = [each for each in deployment.all(ASSIGNMENT) if each.name == "dev-preview-reads-settings"]
    assert deployment.one(DEFINITION).urn in assignment.request.dependencies


def test_only_the_roles_of_apps_can_be_given_and_only_by_condition(preview: bool) -> None:
    conditions = {each.name: each.inputs.get("condition") for each in declared(preview=preview).all(ASSIGNMENT)}
    delegated = conditions.pop("dev-deploy-gives-roles-to-apps")
    assert set(conditions.values()) == {None}
    assert delegated == (
        "((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR "
        "(@Request[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals "
        "{b7e6dc6d-f1e8-4753-8033-0f276bb0955b, 3913510d-42f4-4e42-8a64-420c390055eb} AND "
        "@Request[Microsoft.Authorization/roleAssignments:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase "
        "{'ServicePrincipal'})) AND "
        "((!(ActionMatches{'Microsoft.Authorization/roleAssignments/delete'})) OR "
        "(@Resource[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals "
        "{b7e6dc6d-f1e8-4753-8033-0f276bb0955b, 3913510d-42f4-4e42-8a64-420c390055eb} AND "
        "@Resource[Microsoft.Authorization/roleAssignments:PrincipalType] ForAnyOfAnyValues:StringEqualsIgnoreCase "
        "{'ServicePrincipal'}))"
    )
    role_conditions.check(delegated, role_delegation.VERSION)


def test_a_function_app_is_given_no_role_that_its_deployer_may_not_give() -> None:
    app = deploy(lambda: FunctionApp("caller", FUNCTION_APP))
    given = {each.inputs["roleDefinitionId"].rpartition("/")[2] for each in app.all(ASSIGNMENT)}
    assert given == set(role_assignment.GIVEN_TO_APPS)


def test_a_custom_role_has_another_id_in_another_subscription_and_always_the_same_in_one() -> None:
    ids = {custom_role.guid("settings reader", subscription) for subscription in ("a1", "b2", "A1")}
    assert len(ids) == 2
    assert custom_role.guid("settings reader", "a1") != custom_role.guid("settings reader dev", "a1")
