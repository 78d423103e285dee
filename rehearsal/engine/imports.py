"""Files that list resources to import, in the format of `pulumi import --file`.

`{"nameTable": {name: URN}, "resources": [{type, name, id, parent, provider, version, …}]}`, where `parent` and
`provider` are names of the table or of other resources (pulumi/pulumi, pkg/cmd/pulumi/operations/import.go).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rehearsal.engine import urn as urns
from rehearsal.engine.errors import ConfigurationError, NotSupported

_KNOWN = {"type", "name", "logicalName", "id", "parent", "provider", "version", "pluginDownloadUrl", "component"}


@dataclass(frozen=True)
class Import:
    """A resource to import. `parent` and `provider` are URNs, or "" for the stack and for the default provider."""

    urn: str
    type: str
    id: str
    parent: str = ""
    provider: str = ""
    version: str = ""
    url: str = ""
    component: bool = False


def read(document: Mapping[str, Any], stack: str, project: str) -> list[Import]:
    """The resources of an import file.

    Raises ConfigurationError, naming every fault, when the file is wrong; NotSupported for what this engine refuses.
    """
    specs = [dict(spec) for spec in document.get("resources") or ()]
    _refuse_unsupported(document, specs)
    for spec in specs:
        spec["logicalName"] = spec.get("logicalName") or spec.get("name", "")
        spec["name"] = spec.get("name") or spec["logicalName"]
    faults = [fault for index, spec in enumerate(specs) for fault in _faults(index, spec)]
    if not faults:
        names = _Names(document.get("nameTable") or {}, specs, stack, project)
        found = [names.import_(index, spec) for index, spec in enumerate(specs)]
        faults = names.faults
        if not faults:
            return found
    raise ConfigurationError("The import file can't be used:\n" + "\n".join(f"  {fault}" for fault in faults))


def _refuse_unsupported(document: Mapping[str, Any], specs: list[dict[str, Any]]) -> None:
    unknown = {key for spec in specs for key in spec if key not in _KNOWN}
    unknown |= document.keys() - {"nameTable", "resources"}
    if unknown:
        raise NotSupported(
            f"the import file has {', '.join(sorted(unknown))}, which this engine does not support. Resources may have "
            f"{', '.join(sorted(_KNOWN))}; everything else is left to pulumi."
        )


def _faults(index: int, spec: Mapping[str, Any]) -> Iterator[str]:
    what = _described(index, spec)
    if not spec.get("type"):
        yield f"{what} has no type"
    if not spec["name"]:
        yield f"{what} has no name"
    if urns.is_provider_type(spec.get("type", "")):
        yield f"{what} is a provider, and this engine imports no providers: declare it in the program first"
    elif not spec.get("component") and not spec.get("id"):
        yield f"{what} has no ID"
    elif spec.get("component") and spec.get("id"):
        yield f"{what} has an ID, but is marked as a component"


def _described(index: int, spec: Mapping[str, Any]) -> str:
    name = spec.get("name") or spec.get("id")
    what = f"resource '{name}'" if name else f"resource {index}"
    return f"{what} of type '{spec['type']}'" if spec.get("type") else what


class _Names:
    """What the names in a file stand for."""

    def __init__(self, table: Mapping[str, str], specs: list[dict[str, Any]], stack: str, project: str) -> None:
        self._table, self._stack, self._project = table, stack, project
        self._specs = {spec["name"]: (index, spec) for index, spec in enumerate(specs)}
        self._count = Counter(spec["name"] for spec in specs)
        self._taken = set(table.values())
        self.faults: list[str] = []

    def import_(self, index: int, spec: Mapping[str, Any]) -> Import:
        """A resource with its names resolved; what doesn't resolve is added to `faults`."""
        urn = self._urn(index, spec, ())
        if urn in self._taken:
            self.faults.append(
                f"{_described(index, spec)} has an ambiguous URN, set name (or logical name) to be unique"
            )
        self._taken.add(urn)
        parent = self._parent(index, spec, ())
        return Import(
            urn,
            spec["type"],
            spec.get("id", ""),
            parent,
            self._provider(index, spec),
            spec.get("version", ""),
            spec.get("pluginDownloadUrl", ""),
            bool(spec.get("component")),
        )

    def _urn(self, index: int, spec: Mapping[str, Any], below: tuple[str, ...]) -> str:
        parent = self._parent(index, spec, below)
        return urns.create(self._stack, self._project, parent, spec["type"], spec["logicalName"])

    def _parent(self, index: int, spec: Mapping[str, Any], below: tuple[str, ...]) -> str:
        name = spec.get("parent", "")
        if not name:
            return ""
        if name in self._table:
            return self._table[name]
        fault = ""
        if name not in self._specs:
            fault = f"the parent '{name}' for {_described(index, spec)} has no entry in 'nameTable'"
        elif self._count[name] > 1:
            fault = f"{_described(index, spec)} has an ambiguous parent"
        elif name in below:
            fault = f"{_described(index, spec)} is its own ancestor"
        if fault:
            self.faults += [] if fault in self.faults else [fault]
            return ""
        return self._urn(*self._specs[name], (*below, name))

    def _provider(self, index: int, spec: Mapping[str, Any]) -> str:
        name = spec.get("provider", "")
        if not name:
            return ""
        urn = self._table.get(name, "")
        if not urn:
            self.faults.append(f"the provider '{name}' for {_described(index, spec)} has no entry in 'nameTable'")
        elif not urns.is_provider_type(urns.type_of(urn)):
            self.faults.append(f"the provider '{name}' for {_described(index, spec)} is not a provider")
        return urn
