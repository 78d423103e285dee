"""How both providers sign in, and what they say when they cannot."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from rehearsal.azure.server import Endpoint
from rehearsal.github.job import ISSUER, Job, Repository
from rehearsal.github.token_service import serving as tokens_of
from rehearsal.providers.credentials import Credential, claims
from rehearsal.providers.errors import ProviderError
from rehearsal.providers.packages import PackageName
from rehearsal.providers.serving import serving
from rehearsal.providers.settings import Settings, merged
from tests.rehearsal.azure.stand_in import Application, StandIn
from tests.rehearsal.providers.caller import Caller, Refused

NO_CREDENTIALS = (
    "failed to load Azure credentials.\n"
    "Details: no Authorizer could be configured, please check your configuration\n\n"
    "\tPlease make sure you have signed in via 'az login' or configured another authentication method.\n\n"
    "\tSee https://www.pulumi.com/registry/packages/azuread/installation-configuration/ for more information"
)


@contextmanager
def provider(package: PackageName, endpoint: Endpoint, **changes: str | None) -> Iterator[Caller]:
    """A provider with the endpoint's environment, some variables changed or (None) left out."""
    environment = {**endpoint.environment(), **changes}
    known = {name: value for name, value in environment.items() if value is not None}
    with serving(package, known) as address, Caller(address) as caller:
        yield caller


def test_azuread_without_credentials_says_what_the_real_one_says(endpoint: Endpoint) -> None:
    with (
        provider("azuread", endpoint, ARM_CLIENT_SECRET=None) as caller,
        pytest.raises(Refused) as refused,
    ):
        caller.check_config()
    assert str(refused.value) == NO_CREDENTIALS


@pytest.mark.parametrize(
    ("left_out", "text"),
    [
        (
            "ARM_SUBSCRIPTION_ID",
            "A Subscription ID must be configured when authenticating as a Service Principal using a Client Secret.",
        ),
        (
            "ARM_TENANT_ID",
            "A Tenant ID must be configured when authenticating as a Service Principal using a Client Secret.",
        ),
        (
            "ARM_CLIENT_ID",
            "A Client ID must be configured when authenticating as a Service Principal using a Client Secret.",
        ),
        (
            "ARM_CLIENT_SECRET",
            (
                "no credential is configured: set azure-native:clientSecret or ARM_CLIENT_SECRET, or a federated token "
                "with ARM_USE_OIDC. The rehearsal's provider does not sign in by certificate, managed identity or az."
            ),
        ),
    ],
)
def test_azure_native_names_what_is_missing(endpoint: Endpoint, left_out: str, text: str) -> None:
    with (
        provider("azure-native", endpoint, **{left_out: None}) as caller,
        pytest.raises(Refused) as refused,
    ):
        caller.configure()
    assert str(refused.value) == text


def test_what_is_configured_goes_before_the_environment(endpoint: Endpoint) -> None:
    with provider("azuread", endpoint, ARM_CLIENT_SECRET="another") as caller:
        caller.configure(clientSecret=endpoint.client_secret)
        assert caller.invoke("azuread:index/getClientConfig:getClientConfig")[0]["clientId"] == endpoint.client_id


def test_configuration_arrives_as_variables_too() -> None:
    settings = merged(
        {"azuread:config:tenantId": "one", "azuread:config:clientId": "two"}, {"tenantId": "three"}, "azuread"
    )
    assert settings == {"tenantId": "three", "clientId": "two"}


def test_a_wrong_secret_is_refused_in_entras_words_and_not_repeated(
    endpoint: Endpoint, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with (
        provider("azuread", endpoint, ARM_CLIENT_SECRET="not-the-secret") as caller,
        pytest.raises(Refused) as refused,
    ):
        caller.configure()
    assert str(refused.value).startswith(
        "1 error occurred:\n\t* building client: unable to obtain access token: clientCredentialsToken: "
        "received HTTP status 401 with response: "
    )
    assert "AADSTS7000215" in str(refused.value)
    assert "not-the-secret" not in str(refused.value) + caplog.text


@pytest.mark.parametrize("package", ["azuread", "azure-native"])
def test_no_secret_and_no_token_reaches_a_log(
    endpoint: Endpoint, package: PackageName, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, logger="httpx")
    with provider(package, endpoint) as caller:
        caller.configure()
        token = (
            "azuread:index/getClientConfig:getClientConfig"
            if package == "azuread"
            else "azure-native:authorization:getClientConfig"
        )
        caller.invoke(token)
    assert "HTTP Request" in caplog.text, "requests are logged at all"
    assert endpoint.client_secret not in caplog.text
    assert "eyJ" not in caplog.text, "a token begins like that"


def test_a_credential_shows_no_proof() -> None:
    shown = repr(Credential("tenant", "client", client_secret="hush", assertion="eyJ"))
    assert shown == "Credential(tenant_id='tenant', client_id='client')"


def test_a_federated_token_signs_in_from_a_file(tmp_path: Path, endpoint: Endpoint) -> None:
    file = tmp_path / "token"
    file.write_text("header.payload.signature\n", encoding="utf-8")
    with (
        provider(
            "azuread", endpoint, ARM_CLIENT_SECRET=None, ARM_USE_OIDC="true", ARM_OIDC_TOKEN_FILE_PATH=str(file)
        ) as caller,
        pytest.raises(Refused, match=r"building client: unable to obtain access token: .*AADSTS") as refused,
    ):
        caller.configure()
    assert "header.payload.signature" not in str(refused.value)


JOB = Job(
    repository=Repository(owner="contoso", name="orders", owner_id=5544123, id=821093847),
    event="push",
    ref="refs/heads/main",
    environment="prod",
)


@contextmanager
def job_on_github(stand_in: StandIn) -> Iterator[tuple[Application, dict[str, str | None]]]:
    """An application that trusts a job, and what the job's environment says."""
    application = stand_in.application()
    trusted = {"name": "job", "issuer": ISSUER, "subject": JOB.subject, "audiences": ["api://AzureADTokenExchange"]}
    stand_in.made("POST", application.path("/federatedIdentityCredentials"), trusted)
    with tokens_of(JOB) as github:
        assert stand_in.control.put("/_rehearsal/issuers", json={"issuer": ISSUER, "url": github.url}).is_success
        yield (
            application,
            {
                "ARM_CLIENT_SECRET": None,
                "ARM_CLIENT_ID": application.app_id,
                "ARM_USE_OIDC": "true",
                **github.environment(),
            },
        )


@pytest.mark.parametrize("package", ["azuread", "azure-native"])
def test_a_job_on_github_signs_in_by_the_token_that_it_asks_for(
    stand_in: StandIn, package: PackageName, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    module = "index/getClientConfig" if package == "azuread" else "authorization"
    with job_on_github(stand_in) as (application, variables), provider(package, stand_in.endpoint, **variables) as job:
        job.configure()
        known, faults = job.invoke(f"{package}:{module}:getClientConfig")
    assert faults == []
    assert (known["clientId"], known["objectId"]) == (application.app_id, application.principal_id)
    assert "eyJ" not in caplog.text
    assert str(variables["ACTIONS_ID_TOKEN_REQUEST_TOKEN"]) not in caplog.text


def test_a_token_that_is_given_goes_before_one_to_be_asked_for(stand_in: StandIn) -> None:
    with (
        job_on_github(stand_in) as (_, variables),
        provider("azuread", stand_in.endpoint, **variables, ARM_OIDC_TOKEN="header.payload.signature") as job,
        pytest.raises(Refused, match="AADSTS50027"),
    ):
        job.configure()


def test_github_that_gives_no_token_is_quoted(stand_in: StandIn) -> None:
    with (
        job_on_github(stand_in) as (_, variables),
        provider("azuread", stand_in.endpoint, **{**variables, "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "stale"}) as job,
        pytest.raises(Refused) as refused,
    ):
        job.configure()
    assert (
        "building client: unable to obtain access token: githubAssertion: received HTTP status 401 with response: "
        '{"message": "The request token is not that of this job."}'
    ) in str(refused.value)


def test_an_azure_native_job_may_ask_for_another_audience(stand_in: StandIn) -> None:
    with (
        job_on_github(stand_in) as (_, variables),
        provider("azure-native", stand_in.endpoint, **variables, ARM_OIDC_AUDIENCE="https://example.com") as job,
    ):
        job.configure()
        with pytest.raises(Refused, match="AADSTS700212"):
            job.invoke("azure-native:authorization:getClientConfig")


def test_a_token_file_that_is_not_there_is_named(endpoint: Endpoint) -> None:
    changes = {"ARM_CLIENT_SECRET": None, "ARM_USE_OIDC": "true", "ARM_OIDC_TOKEN_FILE_PATH": "/nowhere/token"}
    with provider("azuread", endpoint, **changes) as caller, pytest.raises(Refused) as refused:
        caller.check_config()
    text = 'reading OIDC token from file "/nowhere/token": open /nowhere/token: no such file or directory'
    assert str(refused.value) == text


def test_two_federated_tokens_that_differ_are_refused(tmp_path: Path, endpoint: Endpoint) -> None:
    file = tmp_path / "token"
    file.write_text("one", encoding="utf-8")
    changes = {"ARM_USE_OIDC": "true", "ARM_OIDC_TOKEN": "other", "ARM_OIDC_TOKEN_FILE_PATH": str(file)}
    with (
        provider("azuread", endpoint, ARM_CLIENT_SECRET=None, **changes) as caller,
        pytest.raises(Refused, match=r"^mismatch between supplied OIDC token and supplied OIDC token file contents"),
    ):
        caller.check_config()


@pytest.mark.parametrize("package", ["azuread", "azure-native"])
def test_a_metadata_host_that_nobody_serves_is_named(endpoint: Endpoint, package: PackageName) -> None:
    with (
        provider(package, endpoint, ARM_METADATA_HOSTNAME="127.0.0.1:1") as caller,
        pytest.raises(Refused) as refused,
    ):
        caller.configure()
    assert (
        'retrieving metadata from endpoint "https://127.0.0.1:1": performing request: '
        'Get "https://127.0.0.1:1/metadata/endpoints?api-version=2022-09-01": connect: connection refused'
    ) in str(refused.value)


def test_a_certificate_of_an_unknown_authority_is_not_trusted(endpoint: Endpoint) -> None:
    with (
        provider("azuread", endpoint, SSL_CERT_FILE=None) as caller,
        pytest.raises(Refused, match="tls: failed to verify certificate: "),
    ):
        caller.configure()


@pytest.mark.parametrize(("content", "text"), [(None, "is no file"), ("nothing", "holds no certificates")])
def test_a_useless_file_of_certificates_is_named(
    tmp_path: Path, endpoint: Endpoint, content: str | None, text: str
) -> None:
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    with (
        provider("azuread", endpoint, SSL_CERT_FILE=str(file)) as caller,
        pytest.raises(Refused, match=text) as refused,
    ):
        caller.configure()
    assert str(file) in str(refused.value)


def test_keys_that_azuread_does_not_have_are_named_with_the_nearest(endpoint: Endpoint) -> None:
    with provider("azuread", endpoint) as caller:
        assert caller.check_config(tenant="x", colour="blue") == [
            (
                "`azuread:colour` is not a valid configuration key for the azuread provider. If the referenced key is "
                "not intended for the provider, please choose a different namespace from `azuread:`."
            ),
            (
                "`azuread:tenant` is not a valid configuration key for the azuread provider. Did you mean "
                "`azuread:tenantId`? If the referenced key is not intended for the provider, please choose a different "
                "namespace from `azuread:`."
            ),
        ]


@pytest.mark.parametrize("package", ["azuread", "azure-native"])
def test_a_way_to_sign_in_that_is_not_modelled_is_refused_and_never_ignored(
    endpoint: Endpoint, package: PackageName
) -> None:
    with provider(package, endpoint) as caller:
        (refusal,) = caller.check_config(clientCertificatePath="/some/certificate.pfx")
        assert refusal.startswith(
            f"`{package}:clientCertificatePath` is not modelled by the rehearsal's {package} provider"
        )
        assert caller.check_config(useMsi="false") == []
        assert len(caller.check_config(useMsi="true")) == 1


@pytest.mark.parametrize("package", ["azuread", "azure-native"])
def test_another_cloud_needs_a_metadata_host(endpoint: Endpoint, package: PackageName) -> None:
    with (
        provider(package, endpoint, ARM_ENVIRONMENT="usgovernment", ARM_METADATA_HOSTNAME=None) as caller,
        pytest.raises(Refused, match='knows the environment "public" and any that a metadata host'),
    ):
        caller.configure()


@pytest.mark.parametrize("package", ["azuread", "azure-native"])
def test_nothing_is_asked_for_before_configure(endpoint: Endpoint, package: PackageName) -> None:
    token = f"{package}:nothing"
    with (
        provider(package, endpoint, ARM_METADATA_HOSTNAME="127.0.0.1:1") as caller,
        pytest.raises(Refused, match=f"has not been configured|Invoke type {token} not found"),
    ):
        caller.invoke(token)


def test_one_token_serves_many_calls(endpoint: Endpoint, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger=httpx.__name__)
    with provider("azuread", endpoint) as caller:
        caller.configure()
        for _ in range(3):
            caller.invoke("azuread:index/getServicePrincipals:getServicePrincipals", {"returnAll": True})
    assert caplog.text.count("/oauth2/v2.0/token") == 1


def test_claims_are_read_from_a_token_and_from_nothing_else(stand_in: StandIn) -> None:
    token = stand_in.token("https://graph.microsoft.com/.default")
    assert claims(token)["tid"] == stand_in.endpoint.tenant_id
    with pytest.raises(ProviderError, match="unexpected token format: does not have 3 parts"):
        claims("opaque")


def test_settings_read_truth_as_go_does() -> None:
    settings = Settings({"useOidc": True, "useCli": "false"}, {"ARM_USE_MSI": "1"})
    assert settings.truth("useOidc")
    assert not settings.truth("useCli", default=True)
    assert settings.truth("useMsi", "ARM_USE_MSI")
    assert settings.truth("absent", default=True)
