"""What a new stand-in holds: signing keys, the deployer, the published APIs. A restart adds nothing twice."""

from __future__ import annotations

from rehearsal.azure.context import Context
from rehearsal.azure.login import keys


def seed(context: Context, client_secret: str) -> None:  # noqa: ARG001
    """Put what is missing. `client_secret` becomes the deployer's."""
    keys.seed(context)
