"""How the program takes code to a Flex Consumption app, and for how long it waits for the app's role on its storage."""

from __future__ import annotations

import io
import time
import uuid
import zipfile
from types import SimpleNamespace

import pytest

from components import one_deploy
from components.one_deploy import DeploymentFailedError, deploy
from components.role_assignment import STORAGE_BLOB_DATA_OWNER, role_definition_id
from tests.rehearsal.azure.stand_in import Document, StandIn

READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
ACCOUNT = "/providers/Microsoft.Storage/storageAccounts/stcaller"


class Waits:
    """Waits that take no time here, and their seconds at the stand-in."""

    def __init__(self, stand_in: StandIn) -> None:
        self._stand_in, self.seconds = stand_in, list[float]()

    def sleep(self, seconds: float) -> None:
        self.seconds.append(seconds)
        assert self._stand_in.control.post("/_rehearsal/clock", json={"advance": seconds}).status_code == 200

    def monotonic(self) -> float:
        return time.monotonic() + sum(self.seconds)


@pytest.fixture
def waits(stand_in: StandIn, monkeypatch: pytest.MonkeyPatch) -> Waits:
    waits = Waits(stand_in)
    monkeypatch.setattr(one_deploy, "time", SimpleNamespace(sleep=waits.sleep, monotonic=waits.monotonic))
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(stand_in.endpoint.ca_file))
    return waits


@pytest.fixture
def archive() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as package:
        package.writestr("host.json", "{}")
    return target.getvalue()


def group_of(site: Document) -> str:
    return str(site["id"]).partition("/providers/")[0]


def put(stand_in: StandIn, path: str, body: Document, version: str) -> None:
    answer = stand_in.arm.put(path, params={"api-version": version}, json=body)
    assert answer.is_success, answer.text


def make_container(stand_in: StandIn, site: Document) -> None:
    put(stand_in, f"{group_of(site)}{ACCOUNT}/blobServices/default/containers/package", {}, "2023-05-01")


def grant_storage(stand_in: StandIn, site: Document) -> None:
    scope = f"{group_of(site)}{ACCOUNT}"
    properties = {
        "principalId": site["principalId"],
        "principalType": "ServicePrincipal",
        "roleDefinitionId": role_definition_id(role=STORAGE_BLOB_DATA_OWNER, scope=scope),
    }
    path = f"{scope}/providers/Microsoft.Authorization/roleAssignments/{uuid.uuid4()}"
    put(stand_in, path, {"properties": properties}, "2022-04-01")


def test_code_is_there_as_soon_as_the_role_on_the_storage_has_spread(
    stand_in: StandIn, site: Document, waits: Waits, archive: bytes
) -> None:
    make_container(stand_in, site)
    stand_in.control.patch("/_rehearsal/weather", json={"replicationDelay": 60})
    grant_storage(stand_in, site)
    assert deploy(site["id"], archive, stand_in.endpoint.environment())
    assert 55 <= sum(waits.seconds) <= 65


def test_a_role_that_never_comes_is_waited_for_and_then_named(
    stand_in: StandIn, site: Document, waits: Waits, archive: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_container(stand_in, site)
    monkeypatch.setattr(one_deploy, "LONGEST", 120.0)
    with pytest.raises(DeploymentFailedError) as late:
        deploy(site["id"], archive, stand_in.endpoint.environment())
    assert str(late.value).startswith("The app's identity has no access to its storage account yet: ")
    assert "InaccessibleStorageException" in str(late.value)
    assert 110 <= sum(waits.seconds) <= 130


def test_what_waiting_does_not_mend_is_said_at_once_in_the_words_of_the_platform(
    stand_in: StandIn, site: Document, waits: Waits, archive: bytes
) -> None:
    grant_storage(stand_in, site)
    with pytest.raises(DeploymentFailedError, match=r"404 \(The specified container does not exist\.\)"):
        deploy(site["id"], archive, stand_in.endpoint.environment())
    assert waits.seconds == []


def test_a_site_that_is_not_there_is_named(stand_in: StandIn, site: Document, waits: Waits, archive: bytes) -> None:
    with pytest.raises(DeploymentFailedError, match=r"GET https://.*/sites/other\?api-version=.* answered 404: "):
        deploy(f"{group_of(site)}/providers/Microsoft.Web/sites/other", archive, stand_in.endpoint.environment())


def test_a_deployer_without_the_right_to_publish_hears_which_right_that_is(
    stand_in: StandIn, site: Document, waits: Waits, archive: bytes
) -> None:
    other = stand_in.application()
    reader = role_definition_id(role=READER, scope=group_of(site))
    properties = {"principalId": other.principal_id, "roleDefinitionId": reader}
    path = f"{group_of(site)}/providers/Microsoft.Authorization/roleAssignments/{uuid.uuid4()}"
    put(stand_in, path, {"properties": properties}, "2022-04-01")
    signed_in = {"ARM_CLIENT_ID": other.app_id, "ARM_CLIENT_SECRET": other.secret}
    with pytest.raises(DeploymentFailedError, match=r"'Microsoft\.Web/sites/publish/action'"):
        deploy(site["id"], archive, {**stand_in.endpoint.environment(), **signed_in})
