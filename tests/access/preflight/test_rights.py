"""The rights that preflight asks for are exactly those without which the life of a stack is refused."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest

from access.cloud.cloud import Cloud, signed_in
from access.cloud.progress import Progress
from access.preflight import rights
from access.preflight.declaration import Declaration, declared
from access.preflight.directory import Directory
from access.preflight.fault import Fault
from access.preflight.program_config import ProgramConfig
from rehearsal.azure.arm.built_in_roles import BUILT_IN_ROLES
from rehearsal.azure.arm.routes import ROUTES as ARM
from rehearsal.azure.graph.routes import ROUTES as GRAPH
from tests.access.deployed import ROOT, Deployed, served
from tests.access.preflight.lived import Deployer, Life, lived

GRAPH_ROLES = ("Application.ReadWrite.OwnedBy", "AppRoleAssignment.ReadWrite.All")
ACTIONS = (
    "Microsoft.Authorization/roleAssignments/delete",
    "Microsoft.Authorization/roleAssignments/read",
    "Microsoft.Authorization/roleAssignments/write",
    "Microsoft.Insights/components/read",
    "Microsoft.Insights/components/write",
    "Microsoft.Insights/diagnosticSettings/delete",
    "Microsoft.Insights/diagnosticSettings/read",
    "Microsoft.Insights/diagnosticSettings/write",
    "Microsoft.OperationalInsights/workspaces/read",
    "Microsoft.OperationalInsights/workspaces/sharedKeys/action",
    "Microsoft.OperationalInsights/workspaces/write",
    "Microsoft.Resources/subscriptions/resourceGroups/delete",
    "Microsoft.Resources/subscriptions/resourceGroups/read",
    "Microsoft.Resources/subscriptions/resourceGroups/write",
    "Microsoft.Storage/storageAccounts/blobServices/containers/read",
    "Microsoft.Storage/storageAccounts/blobServices/containers/write",
    "Microsoft.Storage/storageAccounts/read",
    "Microsoft.Storage/storageAccounts/write",
    "Microsoft.Web/serverfarms/join/action",
    "Microsoft.Web/serverfarms/read",
    "Microsoft.Web/serverfarms/write",
    "Microsoft.Web/sites/basicPublishingCredentialsPolicies/read",
    "Microsoft.Web/sites/basicPublishingCredentialsPolicies/write",
    "Microsoft.Web/sites/config/list/action",
    "Microsoft.Web/sites/config/read",
    "Microsoft.Web/sites/config/write",
    "Microsoft.Web/sites/delete",
    "Microsoft.Web/sites/publish/action",
    "Microsoft.Web/sites/read",
    "Microsoft.Web/sites/write",
)
BESIDE = (
    "Microsoft.OperationalInsights/workspaces/sharedKeys/action",
    "Microsoft.Web/serverfarms/join/action",
    "Microsoft.Web/sites/publish/action",
)
"""Looked at while a request is answered, beside the action by which its route opens."""
READS_ITSELF = "Microsoft.Authorization/roleAssignments/read"
CONTRIBUTOR, ADMINISTRATOR = "Contributor", "Role Based Access Control Administrator"


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    with served(tmp_path_factory.mktemp("served")) as stack:
        deployer = Deployer.holding(stack, GRAPH_ROLES)
        deployer.may(*ACTIONS)
        yield lived(deployer, tmp_path_factory.mktemp("rehearsed"))


@pytest.fixture(scope="module")
def cloud(life: Life) -> Iterator[Cloud]:
    """The cloud as the deployer sees it."""
    environment = life.deployer.environment
    with mock.patch.dict("os.environ", environment), signed_in(environment, Progress(io.StringIO())) as cloud:
        yield cloud


@pytest.fixture(scope="module")
def declaration(cloud: Cloud) -> Declaration:
    config = ProgramConfig.read(ROOT, "keyless", ROOT / "Pulumi.dev.yaml")
    account = cloud.sign_in.account(cloud.endpoints.graph_scope)
    return declared(ROOT, "keyless", "dev", config.values, config.secrets, Directory(cloud.graph, account))


def faults(life: Life, cloud: Cloud, declaration: Declaration) -> list[Fault]:
    account = cloud.sign_in.account(cloud.endpoints.graph_scope)
    subscription = life.deployer.stack.endpoint.subscription_id
    return list(rights.azure_faults(declaration, account, cloud, subscription))


def preflight(stack: Deployed, status: int = 3, **variables: str) -> str:
    result = stack.access("preflight", *stack.named, **variables)
    assert result.returncode == status, result.stdout + result.stderr
    return result.stdout


def test_a_whole_life_succeeds_with_what_it_asks_for_and_takes_all_of_it(life: Life) -> None:
    stack = life.deployer.stack
    needed = json.loads(stack.access("preflight", *stack.named, "--format", "json").stdout)["needs"]
    assert needed["azureActions"] == list(ACTIONS)
    assert [roles[0] for roles in needed["graphRoles"]] == list(GRAPH_ROLES)
    taken = {action.lower() for (action,) in life.by_permission(ARM)}
    assert taken == {action.lower() for action in ACTIONS if action not in BESIDE}


@pytest.mark.parametrize("action", ACTIONS)
def test_without_one_action_preflight_names_it_and_how_to_get_it(
    life: Life, cloud: Cloud, declaration: Declaration, action: str
) -> None:
    life.deployer.may("*", but=[action])
    fault, *others = faults(life, cloud, declaration)
    later = ", which only replacing and destroying takes" if action.endswith("/delete") else ""
    subscription = life.deployer.stack.endpoint.subscription_id
    assert fault.problem == f"deployer may not do {action} in subscription {subscription}{later}."
    principal, role = (
        life.deployer.application.principal_id,
        (ADMINISTRATOR if action.startswith("Microsoft.Authorization/") else CONTRIBUTOR),
    )
    assert fault.remedy == (
        f"An owner grants it: az role assignment create --assignee-object-id {principal} --assignee-principal-type "
        f"ServicePrincipal --role '{role}' --scope /subscriptions/{subscription}"
    )
    assert bool(others) == (action == READS_ITSELF), "what cannot be seen is told beside it"
    with life.deployer.also(next(each.id for each in BUILT_IN_ROLES if each.name == role)):
        assert faults(life, cloud, declaration) == []


@pytest.mark.parametrize("action", [action for action in ACTIONS if action not in BESIDE])
def test_without_one_action_the_request_that_takes_it_is_refused(life: Life, action: str) -> None:
    life.deployer.may("*", but=[action])
    asked = {taken.lower(): asked for (taken,), asked in life.by_permission(ARM).items()}[action.lower()]
    answer = life.deployer.repeats(asked)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "AuthorizationFailed")
    assert f"perform action '{action}'".lower() in answer.json()["error"]["message"].lower()


@pytest.mark.parametrize("action", BESIDE)
def test_without_an_action_that_a_request_takes_beside_its_own_up_is_refused(
    life: Life, tmp_path: Path, action: str
) -> None:
    life.deployer.may("*", but=[action])
    with life.afterwards():
        stack = life.deployer.rehearsed(tmp_path)
        up = stack.up()
        stack.client.close()
    assert not up.result.succeeded
    assert f"perform action '{action}'".lower() in up.text.lower()


@pytest.mark.parametrize("lacking", GRAPH_ROLES)
def test_without_one_graph_role_preflight_names_it_and_requests_are_refused(life: Life, lacking: str) -> None:
    stack = life.deployer.stack
    with life.afterwards():
        weak = Deployer.holding(stack, [role for role in GRAPH_ROLES if role != lacking])
        weak.may("*")
        told = preflight(stack, ARM_CLIENT_ID=weak.application.app_id, ARM_CLIENT_SECRET=weak.application.secret)
        assert re.findall(r"^Graph role: deployer lacks (\S+)", told, re.MULTILINE) == [lacking]
        others = set(GRAPH_ROLES) - {lacking}
        refused = [
            weak.repeats(asked)
            for roles, asked in life.by_permission(GRAPH).items()
            if lacking in roles and others.isdisjoint(roles)
        ]
        grant_as_told(stack, told)
        healed = preflight(stack, 0, ARM_CLIENT_ID=weak.application.app_id, ARM_CLIENT_SECRET=weak.application.secret)
        assert healed.endswith("No faults: nothing would stop up.\n")
    assert refused
    for answer in refused:
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "Authorization_RequestDenied")


def grant_as_told(stack: Deployed, told: str) -> None:
    """Makes the request that preflight's command makes, with what the shell puts in for the command inside."""
    command = re.search(
        r"An administrator grants it: az rest --method POST --url https://graph.microsoft.com(?P<path>\S+) "
        r'--body "(?P<body>.+)"$',
        told,
        re.MULTILINE,
    )
    assert command
    graph = stack.stand_in.published("Microsoft Graph")
    inside = f"$(az ad sp show --id {graph['appId']} --query id --output tsv)"
    body = command["body"].replace('\\"', '"').replace(inside, graph["id"])
    stack.stand_in.made("POST", command["path"], json.loads(body))


def test_of_an_account_without_any_role_every_right_is_named_in_one_run(life: Life) -> None:
    stack = life.deployer.stack
    nobody = stack.stand_in.application(displayName="nobody")
    told = preflight(stack, ARM_CLIENT_ID=nobody.app_id, ARM_CLIENT_SECRET=nobody.secret)
    assert all(action in told for action in ACTIONS)
    assert all(role in told for role in (*GRAPH_ROLES, f"--role '{CONTRIBUTOR}'", f"--role '{ADMINISTRATOR}'"))
