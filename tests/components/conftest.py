"""Whether a program is previewed or really deployed: what is asserted has to hold in both."""

from __future__ import annotations

import pytest


@pytest.fixture(params=[True, False], ids=["preview", "up"])
def preview(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)
