"""A resource type: where its resources are, what they are made of, and in what it departs from the common rules."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final
from urllib.parse import quote, unquote

from rehearsal.providers.azure_native.shape import TEXT, Property, read_only, top
from rehearsal.providers.errors import ProviderError

_SCOPES: Final = ("scope", "resourceUri")
GROUP: Final = "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}"


class Naming(Enum):
    """How a resource gets the name that the program did not give it."""

    RANDOM = "random"
    """The logical name and eight hexadecimal digits."""
    UUID = "uuid"
    COPY = "copy"
    """The logical name as it is: for children, whose names only have to differ within their parent."""
    NONE = "none"


@dataclass(frozen=True)
class ResourceType:
    """One row of the provider's table. Names are the SDK's; paths are Resource Manager's."""

    token: str
    api_version: str
    path: str
    properties: Mapping[str, Property]
    naming: Naming = Naming.RANDOM
    name_rule: Property = TEXT
    """Constraints of the last path parameter, which Check applies."""
    read_suffix: str = ""
    """What is appended to the path for reading; with it the resource is read by POST."""
    default_body: Mapping[str, Any] | None = None
    """Of a singleton, which is always there: what deleting it writes. None: the resource can be created and deleted."""
    delete_query: Mapping[str, str] = field(default_factory=dict)
    unnamed_outputs: frozenset[str] = frozenset()
    restored: Mapping[str, Any] = field(default_factory=dict)
    """Inputs that are put back to these values when the program no longer gives them."""

    @property
    def parameters(self) -> tuple[str, ...]:
        """The path's parameters that a program gives, in order."""
        return tuple(name for name in re.findall(r"{(\w+)}", self.path) if name != "subscriptionId")

    @property
    def is_singleton(self) -> bool:
        """Whether the resource comes and goes with its parent."""
        return self.default_body is not None

    @property
    def shape(self) -> Mapping[str, Property]:
        """All properties: those of the row, and the name and type that every resource tells."""
        common = {name: read_only(top(TEXT)) for name in ("name", "type") if name not in self.unnamed_outputs}
        return {**common, **self.properties}

    def inputs(self) -> Mapping[str, Property]:
        """What a program may give, path parameters apart."""
        return {name: property_ for name, property_ in self.properties.items() if property_.input}

    def outputs(self) -> Mapping[str, Property]:
        """What the resource tells."""
        return {name: property_ for name, property_ in self.shape.items() if property_.output}

    def id_of(self, inputs: Mapping[str, Any], subscription_id: str) -> str:
        """The resource's path. A scope is itself a path and goes in as it is, without slashes around it, under
        whatever name.
        """
        values = {**inputs, "subscriptionId": subscription_id}

        def value(match: re.Match[str]) -> str:
            text = str(values[match[1]])
            return text.strip("/") if match[1] in _SCOPES else quote(text, safe="")

        return re.sub(r"{(\w+)}", value, self.path)

    def parameters_of(self, resource_id: str) -> dict[str, str]:
        """The path parameters in an id. Raises ProviderError for an id of another type."""
        pattern = re.sub(
            r"\\{(\w+)\\}", lambda m: f"(?P<{m[1]}>{'.+' if m[1] in _SCOPES else '[^/]+'})", re.escape(self.path)
        )
        match = re.fullmatch(pattern, resource_id, re.IGNORECASE)
        if match is None:
            raise ProviderError(f"failed to parse '{resource_id}' against the path '{self.path}'")
        return {name: unquote(value) for name, value in match.groupdict().items() if name != "subscriptionId"}
