"""A development client: its registration, its secret, and where it may be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.developer_client import DEVELOPMENT_STACKS, DeveloperClient, refusal_of_stack, secret_expiry
from tests.components.directory import DEPLOYER
from tests.components.examples import DEVELOPER_CLIENT
from tests.components.recording import UNKNOWN, Deployment, deploy, guid_of

APPLICATION = "azuread:index/application:Application"
PASSWORD = "azuread:index/applicationPassword:ApplicationPassword"
SERVICE_PRINCIPAL = "azuread:index/servicePrincipal:ServicePrincipal"


def client(*, preview: bool) -> Deployment:
    return deploy(lambda: DeveloperClient("laptop", DEVELOPER_CLIENT), preview=preview)


def test_it_is_an_application_of_this_tenant_that_is_no_api(preview: bool) -> None:
    deployment = client(preview=preview)
    assert deployment.one(APPLICATION).inputs == {
        "displayName": "keyless-dev-caller-developer",
        "signInAudience": "AzureADMyOrg",
        "owners": [DEPLOYER],
    }
    principal = deployment.one(SERVICE_PRINCIPAL)
    assert principal.inputs == {
        "clientId": UNKNOWN if preview else guid_of("laptop-application"),
        "owners": [DEPLOYER],
    }
    assert principal.request.deletedWith == deployment.one(APPLICATION).urn


def test_its_secret_ends_when_it_is_told_to(preview: bool) -> None:
    secret = client(preview=preview).one(PASSWORD)
    assert secret.inputs["endDate"] == DEVELOPER_CLIENT.expires
    assert "endDateRelative" not in secret.inputs, "the provider takes it and ignores it"
    assert list(secret.request.additionalSecretOutputs) == ["value"]


def test_its_secret_is_taken_away_before_the_registration_that_could_be_restored(preview: bool) -> None:
    assert client(preview=preview).one(PASSWORD).request.deletedWith == ""


@pytest.mark.parametrize(
    ("now", "expires"),
    [
        ("2026-11-23T06:00:00+00:00", "2027-01-01T00:00:00Z"),
        ("2026-12-01T00:00:00+00:00", "2027-02-01T00:00:00Z"),
        ("2026-12-31T23:59:59+00:00", "2027-02-01T00:00:00Z"),
        ("2027-01-01T00:30:00+01:00", "2027-02-01T00:00:00Z"),
        ("2027-01-31T23:59:59+00:00", "2027-03-01T00:00:00Z"),
    ],
)
def test_a_secret_is_valid_until_the_end_of_next_month(now: str, expires: str) -> None:
    assert secret_expiry(datetime.fromisoformat(now)) == expires


moments = st.datetimes(
    datetime.fromisoformat("2026-01-01"),
    datetime.fromisoformat("2200-01-01"),
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=13))]),
)


@given(moments)
def test_a_secret_lives_for_one_to_two_months(now: datetime) -> None:
    assert timedelta(days=28) < datetime.fromisoformat(secret_expiry(now)) - now <= timedelta(days=62)


@given(moments, moments)
def test_a_secret_is_renewed_when_the_month_changes_and_not_before(one: datetime, other: datetime) -> None:
    months = [(moment.astimezone(UTC).year, moment.astimezone(UTC).month) for moment in (one, other)]
    assert (secret_expiry(one) == secret_expiry(other)) == (months[0] == months[1])


@given(st.text(max_size=12))
def test_development_stacks_are_known_by_their_names(name: str) -> None:
    assert refusal_of_stack("dev") is refusal_of_stack(f"dev-{name}") is None
    refused = refusal_of_stack(name)
    assert (refused is None) == (name == "dev" or name.startswith("dev-"))
    assert DEVELOPMENT_STACKS == ("dev", "dev-*")
