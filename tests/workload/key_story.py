"""Stories about the keys of one API process. Time is virtual; the key server is not."""

import asyncio
from collections.abc import Awaitable, Callable

import httpx

from workload.api.keys import SigningKeys
from workload.api.settings import Settings


class Clock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def with_keys(
    settings: Settings, story: Callable[[SigningKeys, Clock], Awaitable[None]], *, verify: bool = True
) -> None:
    """Run a story about the keys of one process."""

    async def run() -> None:
        clock = Clock()
        async with httpx.AsyncClient(verify=verify) as client:
            keys = SigningKeys(settings, client, clock)
            try:
                await story(keys, clock)
            finally:
                await keys.close()

    asyncio.run(run())


async def renewed(keys: SigningKeys) -> None:
    """Until the fetch in the background, if any, is over."""
    while keys._fetch:
        await asyncio.wait([keys._fetch])
