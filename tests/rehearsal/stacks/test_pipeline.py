"""The bootstrapped identities at work: each does what it is for, and the stand-in refuses it everything else."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from rehearsal.azure.routes import ROUTES
from rehearsal.azure.routing import Route, Service
from rehearsal.engine import operations
from rehearsal.github.job import Job
from tests.rehearsal.stacks.pipeline import PULL_REQUEST, SCHEDULE, Pipeline, bootstrapped, deploying

GRAPH = "https://graph.microsoft.com"
OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
OWNER_OF_BLOBS = "b7e6dc6d-f1e8-4753-8033-0f276bb0955b"
READER_OF_BLOBS = "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"
CONTRIBUTOR_TO_BLOBS = "ba92f5b4-2d11-453d-a403-e96b0029c9fe"
OTHER = {"dev": "prod", "prod": "dev"}


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    """Both environments deployed, each by its own deployer."""
    with bootstrapped(tmp_path_factory.mktemp("pipeline")) as found:
        for environment in OTHER:
            up = found.run(deploying(environment), operations.up, environment)
            assert up.result.succeeded, up.text
        yield found


def inside(pipeline: Pipeline, environment: str) -> dict[str, Any]:
    """What there is of an environment, in Azure and in the directory."""
    contents, subscription = pipeline.contents(), pipeline.subscription(environment)
    return {
        "resources": [each for each in contents["resources"] if each["id"].startswith(subscription)],
        "roleAssignments": [each for each in contents["roleAssignments"] if each["scope"].startswith(subscription)],
        "applications": [each for each in contents["applications"] if each["name"] == f"things-{environment}"],
        "appRoleAssignments": [
            each for each in contents["appRoleAssignments"] if f"keyless-{environment}-" in each["name"]
        ],
    }


def test_a_pull_request_previews_what_somebody_else_deployed_and_sees_no_change(pipeline: Pipeline) -> None:
    preview = pipeline.run(PULL_REQUEST, operations.preview, "prod")
    assert preview.result.succeeded, preview.text
    assert "24 unchanged" in preview.text


def test_a_schedule_reads_all_there_is_and_finds_no_drift(pipeline: Pipeline) -> None:
    drift = pipeline.run(SCHEDULE, operations.preview, "dev", refresh=True, expect_no_changes=True)
    assert drift.result.succeeded, drift.text
    assert "24 unchanged" in drift.text


def test_a_pull_request_deploys_nothing(pipeline: Pipeline) -> None:
    before = inside(pipeline, "dev")
    with pipeline.undone(), pipeline.tagged("dev"):
        up = pipeline.run(PULL_REQUEST, operations.up, "dev")
        assert not up.result.succeeded
        assert inside(pipeline, "dev") == before
    principal = principal_of(pipeline, "preview")
    group = f"{pipeline.subscription('dev')}/resourceGroups/{before['resources'][0]['name']}"
    assert (
        f"Status=403 Code=\"AuthorizationFailed\" Message=\"The client '{principal}' with object id '{principal}' does "
        "not have authorization to perform action 'Microsoft.Resources/subscriptions/resourceGroups/write' over scope "
        f"'{group}' or the scope is invalid. If access was recently granted, please refresh your credentials.\""
    ) in up.text


def writes() -> Iterator[tuple[Route, str]]:
    """Every operation there is on Graph and Azure that is not a GET, with the path of something that may be there."""
    for route in ROUTES:
        if route.service in (Service.GRAPH, Service.ARM) and route.method not in ("GET", "HEAD"):
            yield route, route.path.replace("{scope:path}", "resourceGroups/rg")


READS = ("/directoryobjects/getbyids", "/config/appsettings/list", "/checknameavailability")
"""Operations that read by POST."""


def test_every_write_that_the_stand_in_knows_is_refused_to_the_preview_identity(pipeline: Pipeline) -> None:
    dev = pipeline.subscription("dev").rpartition("/")[2]
    refused = allowed = 0
    with pipeline.client(PULL_REQUEST) as azure, pipeline.client(PULL_REQUEST, GRAPH) as graph:
        for route, path in writes():
            client, query = (graph, "") if route.service is Service.GRAPH else (azure, "?api-version=2025-04-01")
            path = re.sub(r"{(\w+)}", lambda found: dev if found[1] == "subscription" else str(uuid.uuid4()), path)
            answer = client.request(route.method, f"{path}{query}", json={})
            if route.path.lower().endswith(READS):
                allowed += 1
                assert answer.status_code != 403, (route.method, route.path)
                continue
            refused += 1
            assert answer.status_code == 403, (route.method, route.path, answer.text)
            error = answer.json()["error"]
            if route.service is Service.GRAPH:
                assert error["code"] == "Authorization_RequestDenied"
                assert error["message"] == "Insufficient privileges to complete the operation."
            else:
                assert error["code"] == "AuthorizationFailed"
                assert f"to perform action '{route.permissions[0]}' over scope" in error["message"]
    assert refused > 80
    assert allowed == 5


@pytest.mark.parametrize("environment", OTHER)
def test_a_deployer_destroys_what_it_deployed(pipeline: Pipeline, environment: str) -> None:
    there, neighbour = inside(pipeline, environment), inside(pipeline, OTHER[environment])
    assert all(there.values()), "its own deployer has deployed all of it"
    with pipeline.undone():
        destroy = pipeline.run(deploying(environment), operations.destroy, environment)
        assert destroy.result.succeeded, destroy.text
        gone = inside(pipeline, environment)
        assert {kind: found for kind, found in gone.items() if found and kind != "roleAssignments"} == {}
        assert {each["principalId"] for each in gone["roleAssignments"]} == {
            principal_of(pipeline, "preview"),
            principal_of(pipeline, f"deploy {environment}"),
        }
        assert inside(pipeline, OTHER[environment]) == neighbour


@pytest.mark.parametrize("environment", OTHER)
def test_a_deployer_is_refused_the_other_environment(pipeline: Pipeline, environment: str) -> None:
    other = OTHER[environment]
    before = inside(pipeline, other)
    where = pipeline.subscription(other).rpartition("/")[2]
    with pipeline.undone(), pipeline.tagged(other):
        up = pipeline.run(deploying(environment), operations.up, other, subscription=where)
        assert not up.result.succeeded
        destroy = pipeline.run(deploying(environment), operations.destroy, other, subscription=where)
        assert not destroy.result.succeeded
        assert inside(pipeline, other) == before
    for run in (up, destroy):
        assert "does not have authorization to perform action 'Microsoft." in run.text


@pytest.mark.parametrize(
    ("job", "as_whom"),
    [
        (deploying("dev"), "prod"),
        (deploying("prod"), "dev"),
        (deploying("staging"), "dev"),
        (PULL_REQUEST, "dev"),
        (SCHEDULE, "prod"),
        (deploying("dev"), "preview"),
    ],
    ids=lambda each: each.subject if isinstance(each, Job) else str(each),
)
def test_a_job_signs_in_as_what_it_is_and_as_nobody_else(pipeline: Pipeline, job: Job, as_whom: str) -> None:
    clients = {**pipeline.outputs["deployClientIds"], "preview": pipeline.outputs["previewClientId"]}
    answer = pipeline.exchange(job, clients[as_whom], GRAPH)
    assert (answer.status_code, answer.json()["error_codes"]) == (401, [700213])
    assert f"presented assertion subject '{job.subject}'" in answer.json()["error_description"]


@pytest.mark.parametrize("immutable", [True, False], ids=["ids", "names"])
def test_both_forms_of_a_subject_sign_in(pipeline: Pipeline, immutable: bool) -> None:
    job = deploying("dev", immutable=immutable)
    assert ("@" in job.subject) is immutable
    assert pipeline.exchange(job, pipeline.outputs["deployClientIds"]["dev"], GRAPH).status_code == 200


@pytest.mark.parametrize(
    ("role", "kind", "status"),
    [
        (OWNER_OF_BLOBS, "ServicePrincipal", 201),
        (OWNER_OF_BLOBS, "User", 403),
        (OWNER, "ServicePrincipal", 403),
        (READER_OF_BLOBS, "ServicePrincipal", 403),
    ],
)
def test_a_deployer_gives_apps_what_they_need_and_itself_nothing(
    pipeline: Pipeline, role: str, kind: str, status: int
) -> None:
    scope = pipeline.subscription("dev")
    path = f"{scope}/providers/Microsoft.Authorization/roleAssignments/{uuid.uuid4()}"
    role_id = f"{scope}/providers/Microsoft.Authorization/roleDefinitions/{role}"
    body = {"properties": {"roleDefinitionId": role_id, "principalId": str(uuid.uuid4()), "principalType": kind}}
    with pipeline.undone(), pipeline.client(deploying("dev")) as client:
        answer = client.put(path, params={"api-version": "2022-04-01"}, json=body)
    assert answer.status_code == status, answer.text
    if status == 403:
        assert "or an ABAC condition not fulfilled" in answer.json()["error"]["message"]


@pytest.mark.parametrize("whose", ["preview", "deploy dev", "deploy prod"])
def test_no_deployer_changes_an_identity_of_the_pipeline_not_even_its_own(pipeline: Pipeline, whose: str) -> None:
    [application] = [
        each for each in pipeline.contents()["applications"] if each["name"] == f"contoso/keyless: {whose}"
    ]
    path = f"/v1.0/applications/{application['id']}"
    with pipeline.client(deploying("dev"), GRAPH) as client:
        for method, suffix in (("PATCH", ""), ("POST", "/addPassword"), ("DELETE", "")):
            assert client.request(method, f"{path}{suffix}", json={}).status_code == 403, (method, suffix)
        credential = {"name": "mine", "issuer": "https://x.example", "subject": "me", "audiences": ["api://x"]}
        assert client.post(f"{path}/federatedIdentityCredentials", json=credential).status_code == 403


def test_state_and_keys_are_each_open_to_whom_they_are_for_and_closed_to_the_rest(pipeline: Pipeline) -> None:
    contents = pipeline.contents()
    principals = {each["id"]: each["name"].removeprefix("contoso/keyless: ") for each in contents["servicePrincipals"]}
    roles = {each["name"]: each["roleName"] for each in contents["roleDefinitions"]}
    held = {
        (each["scope"].rpartition("/")[2], principals[each["principalId"]], roles.get(each["roleId"], each["roleId"]))
        for each in contents["roleAssignments"]
        if each["scope"].startswith(f"/subscriptions/{pipeline.endpoint.subscription_id}/")
    }
    user = "contoso/keyless: secrets key user"
    assert held == {
        ("state-dev", "preview", READER_OF_BLOBS),
        ("state-dev", "deploy dev", CONTRIBUTOR_TO_BLOBS),
        ("state-prod", "preview", READER_OF_BLOBS),
        ("state-prod", "deploy prod", CONTRIBUTOR_TO_BLOBS),
        ("dev", "preview", user),
        ("dev", "deploy dev", user),
        ("prod", "preview", user),
        ("prod", "deploy prod", user),
    }
    [account] = [each["id"] for each in contents["resources"] if each["id"].endswith(account_of(pipeline))]
    with pipeline.client(deploying("dev")) as client:
        for method in ("GET", "PATCH", "DELETE"):
            answer = client.request(method, account, params={"api-version": "2024-01-01"})
            assert answer.status_code == 403, answer.text


def account_of(pipeline: Pipeline) -> str:
    """The name of the storage account that holds the state."""
    return str(pipeline.outputs["backendUrls"]["dev"].rpartition("=")[2])


def principal_of(pipeline: Pipeline, whose: str) -> str:
    """The object id of an identity of the pipeline."""
    [found] = [
        each["id"] for each in pipeline.contents()["servicePrincipals"] if each["name"] == f"contoso/keyless: {whose}"
    ]
    return str(found)
