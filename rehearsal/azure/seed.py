"""What a new stand-in holds. A restart adds nothing twice."""

from __future__ import annotations

from rehearsal.azure import deployer
from rehearsal.azure.context import Context
from rehearsal.azure.graph import published_apis
from rehearsal.azure.login import keys


def seed(context: Context, client_secret: str) -> None:
    """Put what is missing: signing keys, published APIs, and the deployer with its secret."""
    with context.store.transaction():
        keys.seed(context)
        published_apis.seed(context)
        deployer.seed(context, client_secret)
