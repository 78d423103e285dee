"""Whether a program is previewed or really deployed: what is asserted has to hold in both."""

from __future__ import annotations

import pytest
from hypothesis import settings

# A slow machine is no fault of the rules.
settings.register_profile("no-deadline", deadline=None)
settings.load_profile("no-deadline")


@pytest.fixture(params=[True, False], ids=["preview", "up"])
def preview(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)
