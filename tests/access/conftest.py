"""Stand-ins that several tests look at: one with a stack deployed, one empty. Each test finds them as they were."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.access.deployed import Deployed, served

# Properties are about what is written, not about how fast.
settings.register_profile("no-deadline", deadline=None)
settings.load_profile("no-deadline")


@pytest.fixture(scope="session")
def deployed_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    with served(tmp_path_factory.mktemp("rehearsal")) as stack:
        up = stack.rehearse("up", "--yes", "--skip-preview")
        assert up.returncode == 0, up.stdout + up.stderr
        stack.remember()
        yield stack


@pytest.fixture
def stack(deployed_once: Deployed) -> Deployed:
    deployed_once.start_again()
    return deployed_once


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
