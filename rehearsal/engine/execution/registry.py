"""The providers of a run: which process answers for which provider resource.

Provider resources are looked after by the engine itself: they are checked and compared by CheckConfig and DiffConfig
and come to life by Configure (pulumi/pulumi, pkg/resource/deploy/providers/registry.go).
"""

from __future__ import annotations

import re
import threading
import uuid
from collections.abc import Iterable, Mapping
from contextlib import ExitStack

from rehearsal.engine import urn as urns
from rehearsal.engine.plan.difference import Changes, Checked, Difference
from rehearsal.engine.protocol.provider import ProviderClient
from rehearsal.engine.protocol.replies import ProviderError
from rehearsal.engine.resource import Goal, Resource
from rehearsal.engine.values import UNKNOWN_STRING, Properties, equal, without_secrets
from rehearsal.engine.workspace import ProviderSource

_INTERNAL = "__internal"


class Registry:
    """Clients of provider processes, by the references that resources have to them."""

    def __init__(self, sources: Mapping[str, ProviderSource], *, preview: bool) -> None:
        self._sources, self._preview = sources, preview
        self._lock = threading.RLock()
        self._configured: dict[str, ProviderClient] = {}
        self._fresh: dict[str, ProviderClient] = {}
        self._olds: dict[str, Resource] = {}
        self._shared: dict[str, tuple[str, Properties]] = {}
        self._clients: list[ProviderClient] = []
        self._open = ExitStack()

    def remember(self, resources: Iterable[Resource]) -> None:
        """Know the provider resources of the old state: they are configured when something needs them."""
        with self._lock:
            self._olds |= {urns.reference(r.urn, r.id): r for r in resources if r.is_provider}

    def close(self) -> None:
        """End all connections and the processes that were started for them."""
        self._open.close()

    def terminate(self) -> None:
        """Have every provider abort what it is doing, and wait for no answer any longer."""
        for client in list(self._clients):
            client.terminate()

    def client(self, reference: str) -> ProviderClient:
        """The provider with a reference, from this run or, configured as it then was, from the old state.

        Raises ProviderError when there is none.
        """
        with self._lock:
            found = self._configured.get(reference)
            if found is None and reference in self._olds:
                self.same(self._olds[reference], self._olds[reference].inputs)
                found = self._configured.get(reference)
            if found is None:
                raise ProviderError(f"unknown provider '{reference}'")
            return found

    def check(self, resource: Resource, olds: Properties | None, news: Properties) -> Checked:
        """Have a provider's process check its configuration."""
        client = self._open_client(resource.urn)
        answer = client.check_config(resource.urn, _own(olds or {}), _own(news))
        if answer.failures:
            return answer
        with self._lock:
            self._fresh[resource.urn] = client
        inputs = dict(answer.inputs)
        version = news.get("version")
        if version is not None and inputs.setdefault("version", version) != version:
            raise ProviderError(
                f'provider "{resource.urn}" attempted to change version from "{version}" to "{inputs["version"]}"'
            )
        inputs.pop(_INTERNAL, None)
        if _INTERNAL in news:
            inputs[_INTERNAL] = news[_INTERNAL]
        return Checked(inputs)

    def diff(self, old: Resource, urn: str, news: Properties) -> Difference:
        """What a new configuration means for a provider, by its own account."""
        with self._lock:
            client = self._fresh.get(urn) or self._configured.get(urns.reference(old.urn, old.id))
        client = client or self._open_client(urn)
        answer = client.diff_config(urn, _own(old.inputs), old.outputs, _own(news))
        if answer.changes is Changes.UNKNOWN:
            changed = not equal(old.outputs, _own(news))
            return Difference(Changes.SOME if changed else Changes.NONE, answer.replace_keys)
        return answer

    def can_take_over(self, old: Resource, new: Resource) -> Difference:
        """Whether the provider `new` can manage what the provider `old` created."""
        client = self.client(urns.reference(new.urn, new.id))
        return client.diff_config(new.urn, _own(old.inputs), old.outputs, _own(new.inputs))

    def create(self, resource: Resource) -> tuple[str, Properties]:
        """Bring a new provider to life; its id and outputs."""
        id_ = UNKNOWN_STRING if self._preview else str(uuid.uuid4())
        return id_, self._start(resource, id_, resource.inputs)

    def update(self, resource: Resource, id_: str) -> Properties:
        """Bring a provider to life with a new configuration; its outputs."""
        return self._start(resource, id_, resource.inputs)

    def same(self, resource: Resource, inputs: Properties) -> None:
        """Bring a provider to life as it was."""
        with self._lock:
            if urns.reference(resource.urn, resource.id) not in self._configured:
                self._start(resource, resource.id, inputs)

    def _start(self, resource: Resource, id_: str, inputs: Properties) -> Properties:
        with self._lock:
            client = self._fresh.pop(resource.urn, None) or self._open_client(resource.urn)
            self._claim(resource.urn, inputs)
            client.configure(resource.urn, id_, _own(inputs))
            self._configured[urns.reference(resource.urn, id_)] = client
        return _own(inputs)

    def _open_client(self, urn: str) -> ProviderClient:
        package = urns.package_of(urns.type_of(urn))
        source = self._sources.get(package)
        if source is None:
            known = ", ".join(sorted(self._sources)) or "none"
            raise ProviderError(f"no provider for package '{package}' (it has providers for: {known})")
        address = source if isinstance(source, str) else self._open.enter_context(source())
        client = ProviderClient(package, address, preview=self._preview)
        self._open.callback(client.close)
        self._clients.append(client)
        return client

    def _claim(self, urn: str, inputs: Properties) -> None:
        """One process has one configuration: a second one of the package needs a process of its own."""
        package = urns.package_of(urns.type_of(urn))
        if not isinstance(self._sources.get(package), str):
            return
        wanted = {key: value for key, value in without_secrets(_own(inputs)).items() if key != "version"}
        owner, given = self._shared.setdefault(package, (urn, wanted))
        if not equal(given, wanted):
            raise ProviderError(
                f"provider {urn} is configured differently from {owner}, but there is one process for the package "
                f"'{package}'. Give the workspace a way to start one for each."
            )


def default_name(version: str, url: str) -> str:
    """The name of the default provider of a package's version, as `default_6_11_1`."""
    name = "default"
    if version:
        name += "_" + re.sub(r"[.+-]", "_", version)
    if url:
        name += "_" + re.sub(r"[^A-Za-z0-9_.-]", "_", url.removesuffix("/"))
    return name


def default_provider_goal(package: str, version: str, url: str, configuration: Properties) -> Goal:
    """The provider that a package's resources have unless they name one, configured with the package's namespace."""
    inputs = dict(configuration)
    if version:
        inputs |= {_INTERNAL: {}, "version": version}
    if url:
        inputs |= {_INTERNAL: {"pluginDownloadURL": url}}
    return Goal(f"{urns.PROVIDER_TYPE_PREFIX}{package}", default_name(version, url), custom=True, properties=inputs)


def _own(inputs: Properties) -> Properties:
    """A provider's configuration without what the engine keeps in it."""
    return {key: value for key, value in inputs.items() if key != _INTERNAL}
