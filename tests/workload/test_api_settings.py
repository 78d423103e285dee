"""What the API says of an environment that it cannot use, all at once and without a traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.workload.issuer import API, ISSUER_V1, ISSUER_V2, TENANT
from workload.api.settings import Settings, SettingsError

ROOT = Path(__file__).parents[2]
GOOD = {"API_AUDIENCE": API, "API_ISSUER": ISSUER_V2, "API_TENANT_ID": TENANT}


def fault(**changes: str) -> str:
    """The one fault of an environment with these changes."""
    with pytest.raises(SettingsError) as error:
        Settings.read(GOOD | changes)
    heading, line = str(error.value).splitlines()
    assert heading == "The API cannot start: its environment needs correcting."
    return line


def test_v2_tokens_are_checked_against_the_v2_document_of_the_public_cloud() -> None:
    settings = Settings.read(GOOD)
    assert settings.token_version == "2.0"
    assert settings.discovery_url == (
        f"https://login.microsoftonline.com/{TENANT}/v2.0/.well-known/openid-configuration"
    )


def test_v1_tokens_are_checked_against_the_v1_document() -> None:
    settings = Settings.read(GOOD | {"API_AUDIENCE": "api://things", "API_ISSUER": ISSUER_V1})
    assert settings.token_version == "1.0"
    assert settings.discovery_url == f"https://login.microsoftonline.com/{TENANT}/.well-known/openid-configuration"


def test_another_authority_may_be_named_with_or_without_slash() -> None:
    for written in ("https://127.0.0.1:8443", "https://127.0.0.1:8443/"):
        assert Settings.read(GOOD | {"AZURE_AUTHORITY_HOST": written}).authority == "https://127.0.0.1:8443"


def test_a_tenant_id_in_upper_case_is_the_same_tenant() -> None:
    tenant = "aaaaaaaa-2222-4333-8444-555555555555"
    issuer = f"https://login.microsoftonline.com/{tenant}/v2.0"
    assert Settings.read(GOOD | {"API_TENANT_ID": tenant.upper(), "API_ISSUER": issuer}).tenant_id == tenant


@pytest.mark.parametrize(
    "issuer",
    [
        ISSUER_V2 + "/",
        ISSUER_V1.rstrip("/"),
        ISSUER_V2.replace("https", "http"),
        ISSUER_V2.replace(TENANT, "22222222-3333-4444-8555-666666666666"),
        ISSUER_V2.replace(TENANT, "common"),
        ISSUER_V2 + "?x",
        ISSUER_V2.replace("https://", "https://["),
        "login.microsoftonline.com",
        "https:///" + TENANT + "/v2.0",
    ],
)
def test_an_issuer_that_no_token_of_the_tenant_has_is_refused(issuer: str) -> None:
    assert fault(API_ISSUER=issuer) == (
        f"API_ISSUER is {issuer!r}: for this tenant it is either {ISSUER_V2} (v2 tokens) or {ISSUER_V1} (v1 tokens). "
        "Use the stack's output `issuer`."
    )


@pytest.mark.parametrize("tenant", ["common", "organizations", "contoso.onmicrosoft.com", "{tenantid}", TENANT[:-1]])
def test_a_tenant_that_is_no_single_known_one_is_refused(tenant: str) -> None:
    assert fault(API_TENANT_ID=tenant) == (
        f"API_TENANT_ID is {tenant!r}: it must be the tenant's id, a GUID. Names and `common` are not accepted, since "
        "every token must come from one known tenant."
    )


def test_an_identifier_uri_is_no_audience_of_v2_tokens() -> None:
    assert fault(API_AUDIENCE="api://things") == (
        "API_AUDIENCE is 'api://things': v2 tokens, which API_ISSUER stands for, carry the client id of the API's "
        "registration, a GUID in lower case. Use the stack's output `audience`."
    )


@pytest.mark.parametrize(
    "authority",
    [
        "http://127.0.0.1",
        "127.0.0.1:8443",
        "https://",
        "https://host/path",
        "https://host?x",
        "ftp://host",
        "https://host:port",
        "https://[::1",
        "https://user@host",
        "https://host//",
    ],
)
def test_an_authority_that_is_no_https_host_is_refused(authority: str) -> None:
    assert fault(AZURE_AUTHORITY_HOST=authority) == (
        f"AZURE_AUTHORITY_HOST is {authority!r}: it must be https:// and a host, without path, such as "
        "https://login.microsoftonline.com. Keys fetched in clear could be anybody's."
    )


def started(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "uvicorn", "workload.api.app:app", "--port", "0"]
    environment = {"PATH": os.environ["PATH"], **environment}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60)


def test_a_process_with_nothing_set_names_everything_that_is_missing_and_ends_with_1() -> None:
    ended = started({})
    assert ended.returncode == 1
    assert ended.stderr.splitlines() == [
        "The API cannot start: its environment needs correcting.",
        "API_AUDIENCE is missing: set it to the stack's output `audience`.",
        "API_ISSUER is missing: set it to the stack's output `issuer`.",
        "API_TENANT_ID is missing: set it to the stack's output `tenantId`.",
    ]


def test_a_process_with_several_faults_names_each_without_a_traceback() -> None:
    ended = started({"API_ISSUER": " ", "API_TENANT_ID": "common", "AZURE_AUTHORITY_HOST": "http://x"})
    assert ended.returncode == 1
    assert [line.split(" ")[0] for line in ended.stderr.splitlines()[1:]] == [
        "API_AUDIENCE",
        "API_ISSUER",
        "API_TENANT_ID",
        "AZURE_AUTHORITY_HOST",
    ]
    assert "Traceback" not in ended.stderr
