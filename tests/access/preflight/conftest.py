"""One stand-in with nothing deployed, the same for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.access.deployed import Deployed, served


@pytest.fixture(scope="session")
def served_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    with served(tmp_path_factory.mktemp("rehearsal")) as stack:
        stack.folder.backend.mkdir()
        stack.remember()
        yield stack


@pytest.fixture
def tenant(served_once: Deployed) -> Deployed:
    served_once.start_again()
    return served_once
