"""Who CI signs in as."""

from __future__ import annotations

import dataclasses

from components.pipeline_identity import PipelineIdentity
from tests.components.examples import PIPELINE_IDENTITY
from tests.components.recording import UNKNOWN, Deployment, deploy, guid_of

APPLICATION = "azuread:index/application:Application"
PRINCIPAL = "azuread:index/servicePrincipal:ServicePrincipal"
CREDENTIAL = "azuread:index/applicationFederatedIdentityCredential:ApplicationFederatedIdentityCredential"


def declared(*, preview: bool, protect: bool = False) -> Deployment:
    args = dataclasses.replace(PIPELINE_IDENTITY, protect=protect)
    return deploy(lambda: PipelineIdentity("deploy-dev", args), preview=preview)


def test_an_identity_holds_no_secret_and_nobody_owns_it(preview: bool) -> None:
    deployment = declared(preview=preview)
    assert deployment.one(APPLICATION).inputs == {
        "displayName": "contoso/keyless: deploy dev",
        "signInAudience": "AzureADMyOrg",
        "api": {"requestedAccessTokenVersion": 2},
    }
    assert "owners" not in deployment.one(PRINCIPAL).inputs
    assert {each.type for each in deployment.registrations if each.request.custom} == {
        APPLICATION,
        PRINCIPAL,
        CREDENTIAL,
    }


def test_nobody_gets_a_token_for_it(preview: bool) -> None:
    assert declared(preview=preview).one(PRINCIPAL).inputs["appRoleAssignmentRequired"] is True


def test_each_subject_is_trusted_by_a_credential_of_its_own(preview: bool) -> None:
    deployment = declared(preview=preview)
    found = {each.inputs["displayName"]: each for each in deployment.all(CREDENTIAL)}
    assert {name: each.inputs["subject"] for name, each in found.items()} == PIPELINE_IDENTITY.subjects
    for each in found.values():
        assert each.inputs["issuer"] == "https://token.actions.githubusercontent.com"
        assert each.inputs["audiences"] == ["api://AzureADTokenExchange"]
        known = f"/{guid_of('deploy-dev-application')}"
        assert each.inputs["applicationId"] == (UNKNOWN if preview else known)


def test_all_of_it_goes_with_the_application_and_only_that_is_protected(preview: bool) -> None:
    deployment = declared(preview=preview, protect=True)
    application = deployment.one(APPLICATION)
    assert application.request.protect
    for each in (deployment.one(PRINCIPAL), *deployment.all(CREDENTIAL)):
        assert each.request.deletedWith == application.urn
        assert not each.request.protect
