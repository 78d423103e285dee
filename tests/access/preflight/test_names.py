"""Names that Azure would refuse. The program makes none; a component of somebody else's may."""

from __future__ import annotations

import io
from unittest import mock

import pytest

from access.cloud.cloud import signed_in
from access.cloud.progress import Progress
from access.preflight import azure_checks
from access.preflight.declaration import Declaration, Registration
from tests.access.deployed import Deployed

GROUP = ("azure-native:resources:ResourceGroup", "resourceGroupName")
ACCOUNT = ("azure-native:storage:StorageAccount", "accountName")
SITE = ("azure-native:web:WebApp", "name")


@pytest.mark.parametrize(
    ("kind", "name", "allowed"),
    [
        (GROUP, "ends.", "1 to 90 letters, digits and _ - . ( )"),
        (GROUP, "g" * 91, "1 to 90 letters, digits and _ - . ( )"),
        (ACCOUNT, "No-Capitals", "3 to 24 of a-z and 0-9"),
        (ACCOUNT, "a" * 25, "3 to 24 of a-z and 0-9"),
        (SITE, "under_score", "2 to 60 letters, digits and -"),
        (SITE, "s" * 61, "2 to 60 letters, digits and -"),
        (SITE, "-begins", "2 to 60 letters, digits and -"),
    ],
)
def test_a_name_beyond_the_limits_is_told_with_what_is_allowed(
    tenant: Deployed, kind: tuple[str, str], name: str, allowed: str
) -> None:
    type_, property_ = kind
    declaration = Declaration([Registration(type_, "a-resource", {property_: name}, "", "")])
    environment = tenant.environment()
    with mock.patch.dict("os.environ", environment), signed_in(environment, Progress(io.StringIO())) as cloud:
        subscription = tenant.endpoint.subscription_id
        (fault,) = azure_checks.name_faults(declaration, cloud, subscription, lambda _: False)
    assert fault.problem == f"{name} is no name for a {type_.rpartition(':')[2]}."
    assert fault.remedy == f"Allowed: {allowed}."
