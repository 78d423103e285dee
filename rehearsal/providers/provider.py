"""What both providers share: the environment they read and the HTTP connections they hold."""

from __future__ import annotations

from collections.abc import Mapping

from pulumi.provider.experimental.provider import Provider

from rehearsal.providers.http import Http
from rehearsal.providers.values import Properties


class ServedProvider(Provider):
    """A provider that is served by `serving`; it opens connections when it is configured and closes them at the end."""

    user_agent = "rehearsal"

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = environment
        self._http: Http | None = None

    def connections(self) -> Http:
        """The provider's connections, opened on first use. Raises `ProviderError` for a bad SSL_CERT_FILE."""
        if self._http is None:
            self._http = Http(self.environment, self.user_agent)
        return self._http

    async def listed(self, type_name: str, inputs: Properties) -> list[str] | None:
        """The ids of the resources of a type that fit the inputs; None when these aren't known well enough to say.

        Asked after an interrupted creation. Raises `NotImplementedError` for a type that can't be listed.
        """
        raise NotImplementedError(f"{type_name} can't be listed")

    async def close(self) -> None:
        """Close the connections."""
        if self._http is not None:
            await self._http.close()
