"""The real CLI and the real azuread plugin preview what the rehearsal previews, word for word."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.rehearsal.stacks.by_the_cli import MISSING, ByTheCli, by_the_cli
from tests.rehearsal.stacks.changes import CONFIGURED
from tests.rehearsal.stacks.rehearsed import changes_in
from tests.rehearsal.stacks.test_previews import EXPECTED, OF_THE_IDENTITY

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(MISSING), reason=f"{', '.join(MISSING)} not on PATH"),
]


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ByTheCli]:
    with by_the_cli(tmp_path_factory.mktemp("dev"), "dev") as stack:
        rehearsed = stack.preview()
        assert rehearsed.result.succeeded, rehearsed.text
        assert changes_in(stack.shown("preview")) == rehearsed.changes, "from nothing"
        shown = stack.shown("up", "--yes", "--skip-preview")
        assert "warning: using pulumi-resource-azuread from $PATH" in shown, "the real one, which is never installed"
        yield stack


@pytest.fixture
def stack(deployed: ByTheCli) -> ByTheCli:
    deployed.configure()
    return deployed


@pytest.mark.parametrize("change", EXPECTED)
def test_a_change_previews_as_in_the_rehearsal(stack: ByTheCli, change: str) -> None:
    stack.configure(**CONFIGURED[change])
    assert changes_in(stack.shown("preview")) == EXPECTED[change]


def test_a_replaced_site_previews_with_the_permissions_of_the_identity_that_is_lost(stack: ByTheCli) -> None:
    rehearsed = stack.preview(replace=[stack.urn("caller-site")])
    shown = changes_in(stack.shown("preview", "--replace", stack.urn("caller-site")))
    assert set(OF_THE_IDENTITY) <= set(shown)
    assert shown == rehearsed.changes


def test_a_grant_that_was_previewed_is_all_that_up_changes(stack: ByTheCli) -> None:
    names = {line.split()[2] for line in EXPECTED["a new grant"]}
    stack.configure(**CONFIGURED["a new grant"])
    done = changes_in(stack.shown("up", "--yes", "--skip-preview"))
    nothing = changes_in(stack.shown("preview"))
    stack.configure()
    back = changes_in(stack.shown("up", "--yes", "--skip-preview"))
    assert ({line.split()[2] for line in done}, nothing, {line.split()[2] for line in back}) == (names, [], names)
