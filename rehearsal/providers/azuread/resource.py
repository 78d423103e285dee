"""What every resource kind of the azuread package has: its shape, its time limits and its life in Microsoft Graph."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

from rehearsal.providers.azuread.graph import Graph
from rehearsal.providers.azuread.schema import Schema
from rehearsal.providers.errors import ProviderError
from rehearsal.providers.http import Deadline
from rehearsal.providers.values import Properties

Born = Callable[[str], None]
"""Told the new resource's id as soon as it exists, so that a failure after it does not lose the resource."""


@dataclass(frozen=True)
class Limits:
    """Seconds each operation may take unless `CustomTimeouts` says otherwise."""

    create: float
    read: float
    update: float
    delete: float


class Resource(ABC):
    """One resource kind. Calls raise `ProviderError` with the real provider's words: summary, colon, detail."""

    type_name: str
    schema: Schema
    limits: Limits = Limits(create=600, read=300, update=600, delete=300)
    importable: bool = True

    def settle(self, old: Properties | None, planned: Properties) -> None:
        """Adjust a plan by what one attribute means for another; raise `ProviderError` for one that cannot be."""
        return

    async def examine(self, graph: Graph, old: Properties | None, planned: Properties, deadline: Deadline) -> None:
        """Look in the directory whether a plan can be; raise `ProviderError` if not."""
        return

    @abstractmethod
    def accepts_id(self, resource_id: str) -> bool:
        """Whether the id has the form of this kind; an import with another one finds nothing."""

    @abstractmethod
    async def create(self, graph: Graph, planned: Properties, deadline: Deadline, born: Born) -> None:
        """Create it as planned and tell its id."""

    @abstractmethod
    async def read(self, graph: Graph, resource_id: str, state: Properties, deadline: Deadline) -> Properties | None:
        """Its attributes as they are, without `id`; None when it is not there."""

    async def update(
        self, graph: Graph, resource_id: str, old: Properties, planned: Properties, deadline: Deadline
    ) -> None:
        """Change it from what it was to what is planned."""
        raise ProviderError("doesn't support update")

    @abstractmethod
    async def delete(self, graph: Graph, resource_id: str, state: Properties, deadline: Deadline) -> None:
        """Delete it and wait until it is gone."""


def failed(summary: str, error: ProviderError | str | None = None, attribute: str = "") -> ProviderError:
    """An error as the plugin SDK words it: `[attribute] summary: detail`."""
    where = f"[{attribute}] " if attribute else ""
    return ProviderError(f"{where}{summary}: {error}" if error is not None else f"{where}{summary}")


def one_error(error: ProviderError) -> str:
    """An error as the bridge hands it on: a list of one (`go-multierror`)."""
    return f"1 error occurred:\n\t* {error}\n\n"
