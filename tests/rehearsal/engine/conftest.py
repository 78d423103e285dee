from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rehearsal.engine.stack import Stack
from tests.rehearsal.engine.toy import Cloud, serving


@pytest.fixture
def cloud() -> Cloud:
    return Cloud()


@pytest.fixture
def stack(tmp_path: Path, cloud: Cloud) -> Iterator[Stack]:
    with serving(cloud) as address:
        yield Stack(tmp_path, {"toy": address})
