"""What a configuration names as subscriptions is there before the deployment."""

from __future__ import annotations

from pathlib import Path

import pytest

from rehearsal.azure.server import Options, running
from rehearsal.subscriptions import provide
from tests.rehearsal.azure.stand_in import StandIn

NAMED = ["3f1a2b4c-5d6e-4f70-8192-a3b4c5d6e7f8", "9c8b7a69-5847-4635-a241-30fedcba9876"]


def test_subscriptions_are_found_wherever_they_are_named(tmp_path: Path) -> None:
    file = tmp_path / "Pulumi.ci.yaml"
    file.write_text(
        f"config:\n  azure-native:subscriptionId: {NAMED[0].upper()}\n  keyless-bootstrap:environments:\n"
        f"    - subscriptionId: {NAMED[1]}\n      other: {NAMED[1][::-1]}\n    - subscriptionId: no-guid\n",
        encoding="utf-8",
    )
    with running(Options(state=tmp_path / "azure", durable=False)) as endpoint:
        provide(endpoint, file)
        provide(endpoint, file)
        stand_in = StandIn(endpoint)
        listed = stand_in.arm.get("/subscriptions?api-version=2022-12-01").json()["value"]
        stand_in.close()
    assert sorted(each["subscriptionId"] for each in listed) == sorted([endpoint.subscription_id, *NAMED])


@pytest.mark.parametrize("content", ["config: [", "- just: a list", "", "config:\n  a: {subscriptionId: 7}"])
def test_a_file_that_names_none_or_cannot_be_read_is_left_to_its_readers(tmp_path: Path, content: str) -> None:
    file = tmp_path / "Pulumi.ci.yaml"
    file.write_text(content, encoding="utf-8")
    with running(Options(state=tmp_path / "azure", durable=False)) as endpoint:
        provide(endpoint, file)
        provide(endpoint, tmp_path / "nowhere.yaml")
