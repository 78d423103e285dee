"""Where state is kept."""

from __future__ import annotations

import dataclasses

from components.state_storage import StateStorage
from tests.components.examples import STATE_STORAGE
from tests.components.recording import Deployment, deploy

ACCOUNT = "azure-native:storage:StorageAccount"
BLOBS = "azure-native:storage:BlobServiceProperties"
CONTAINER = "azure-native:storage:BlobContainer"


def declared(*, preview: bool, protect: bool = False) -> Deployment:
    args = dataclasses.replace(STATE_STORAGE, protect=protect)
    return deploy(lambda: StateStorage("state", args), preview=preview)


def test_no_key_no_anonymous_reader_and_no_other_tenant_opens_the_account(preview: bool) -> None:
    account = declared(preview=preview).one(ACCOUNT).inputs
    assert account["allowSharedKeyAccess"] is False
    assert account["allowBlobPublicAccess"] is False
    assert account["allowCrossTenantReplication"] is False
    assert (account["enableHttpsTrafficOnly"], account["minimumTlsVersion"]) == (True, "TLS1_2")


def test_a_region_that_is_lost_takes_no_state_with_it(preview: bool) -> None:
    assert declared(preview=preview).one(ACCOUNT).inputs["sku"] == {"name": "Standard_GRS"}


def test_every_version_is_kept_and_what_is_deleted_comes_back(preview: bool) -> None:
    blobs = declared(preview=preview).one(BLOBS)
    assert blobs.inputs["blobServicesName"] == "default"
    assert blobs.inputs["isVersioningEnabled"] is True
    kept = {"enabled": True, "days": 30}
    assert blobs.inputs["deleteRetentionPolicy"] == kept
    assert blobs.inputs["containerDeleteRetentionPolicy"] == kept


def test_each_environment_has_a_private_container_that_is_made_last(preview: bool) -> None:
    deployment = declared(preview=preview)
    containers = deployment.all(CONTAINER)
    assert [each.inputs["containerName"] for each in containers] == ["state-dev", "state-prod"]
    for each in containers:
        assert each.inputs["publicAccess"] == "None"
        assert deployment.one(BLOBS).urn in each.request.dependencies


def test_the_backends_are_known_before_anything_exists(preview: bool) -> None:
    deployment = declared(preview=preview)
    (component,) = (each for each in deployment.registrations if each.type.startswith("keyless:"))
    assert deployment.outputs[component.urn]["backendUrls"] == {
        "dev": "azblob://state-dev?storage_account=keylessstateabc",
        "prod": "azblob://state-prod?storage_account=keylessstateabc",
    }


def test_account_and_containers_are_protected_on_request(preview: bool) -> None:
    for protect in (False, True):
        deployment = declared(preview=preview, protect=protect)
        guarded = [deployment.one(ACCOUNT), *deployment.all(CONTAINER)]
        assert [each.request.protect for each in guarded] == [protect] * 3
