"""What both providers share: the environment they read and the HTTP connections they hold."""

from __future__ import annotations

from collections.abc import Mapping

from pulumi.provider.experimental.provider import Provider

from rehearsal.providers.http import Http


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

    async def close(self) -> None:
        """Close the connections."""
        if self._http is not None:
            await self._http.close()
