"""One stack, deployed once; each test finds it as it was deployed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.access.deployed import Deployed, served


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
