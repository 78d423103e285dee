"""The engine's two views of a resource: as it is (`Resource`) and as the program wants it (`Goal`)."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from rehearsal.engine import urn as urns
from rehearsal.engine.values import Properties, Value


class Relation(Enum):
    """Why one resource depends on another."""

    PARENT = "parent"
    DEPENDENCY = "dependency"
    PROPERTY = "property dependency"
    DELETED_WITH = "deleted with dependency"
    REPLACE_WITH = "replace with dependency"


@dataclass(frozen=True)
class Timeouts:
    """How long the provider may take, in seconds; 0 leaves it to the provider."""

    create: float = 0
    update: float = 0
    delete: float = 0
    read: float = 0


@dataclass(eq=False)
class Resource:
    """A resource as the checkpoint records it; the fields are those of Pulumi's `apitype.ResourceV3`.

    Compared by identity: during a replacement two resources have one URN.
    `created` and `modified` are RFC 3339 times, "" when unknown.
    """

    urn: str
    type: str
    custom: bool
    id: str = ""
    delete: bool = False
    inputs: Properties = field(default_factory=dict)
    outputs: Properties = field(default_factory=dict)
    parent: str = ""
    protect: bool = False
    taint: bool = False
    external: bool = False
    dependencies: list[str] = field(default_factory=list)
    init_errors: list[str] = field(default_factory=list)
    provider: str = ""
    property_dependencies: dict[str, list[str]] = field(default_factory=dict)
    pending_replacement: bool = False
    additional_secret_outputs: list[str] = field(default_factory=list)
    aliases: list[str] = field(default_factory=list)
    timeouts: Timeouts = field(default_factory=Timeouts)
    import_id: str = ""
    retain_on_delete: bool = False
    deleted_with: str = ""
    replace_with: list[str] = field(default_factory=list)
    created: str = ""
    modified: str = ""
    ignore_changes: list[str] = field(default_factory=list)
    hide_diff: list[Any] = field(default_factory=list)
    replace_on_changes: list[str] = field(default_factory=list)
    replacement_trigger: Value = None
    refresh_before_update: bool = False

    @property
    def name(self) -> str:
        """The name the program gave it."""
        return urns.name_of(self.urn)

    @property
    def is_provider(self) -> bool:
        """Whether it is a provider, which the engine itself looks after."""
        return urns.is_provider_type(self.type)

    @property
    def is_root_stack(self) -> bool:
        """Whether it is the stack itself."""
        return self.type == urns.ROOT_STACK_TYPE

    @property
    def provider_urn(self) -> str:
        """The URN of its provider, or ""."""
        return urns.parse_reference(self.provider)[0] if self.provider else ""

    def related(self) -> Iterator[tuple[Relation, str, str]]:
        """Everything it depends on but its provider: relation, URN, and the property for property dependencies."""
        if self.parent:
            yield Relation.PARENT, self.parent, ""
        for dependency in self.dependencies:
            yield Relation.DEPENDENCY, dependency, ""
        for key, dependencies in self.property_dependencies.items():
            for dependency in dependencies:
                yield Relation.PROPERTY, dependency, key
        if self.deleted_with:
            yield Relation.DELETED_WITH, self.deleted_with, ""
        for other in self.replace_with:
            yield Relation.REPLACE_WITH, other, ""

    def requires(self) -> set[str]:
        """The URNs that have to exist before it: its provider and everything related."""
        needed = {urn for _, urn, _ in self.related()}
        if self.provider:
            needed.add(self.provider_urn)
        return needed

    def copy(self) -> Resource:
        """A copy of its own, for a state that is to change."""
        return copy.copy(self)


@dataclass(frozen=True)
class Alias:
    """A former name: a whole URN, or the parts that differ. `parent` is None for "the same parent as now"."""

    urn: str = ""
    name: str = ""
    type: str = ""
    stack: str = ""
    project: str = ""
    parent: str | None = None
    no_parent: bool = False


@dataclass(eq=False)
class Goal:
    """What the program asked for in one registration. None stands for "not said" where that differs from False."""

    type: str
    name: str
    custom: bool
    properties: Properties
    parent: str = ""
    provider: str = ""
    dependencies: list[str] = field(default_factory=list)
    property_dependencies: dict[str, list[str]] = field(default_factory=dict)
    protect: bool | None = None
    delete_before_replace: bool | None = None
    ignore_changes: list[str] = field(default_factory=list)
    replace_on_changes: list[str] = field(default_factory=list)
    replacement_trigger: Value = None
    additional_secret_outputs: list[str] = field(default_factory=list)
    aliases: list[Alias] = field(default_factory=list)
    import_id: str = ""
    timeouts: Timeouts = field(default_factory=Timeouts)
    retain_on_delete: bool | None = None
    deleted_with: str = ""
    replace_with: list[str] = field(default_factory=list)


@dataclass(eq=False)
class ReadGoal:
    """A resource that the program only looks at (`Resource.get`)."""

    type: str
    name: str
    id: str
    properties: Properties
    parent: str = ""
    provider: str = ""
    dependencies: list[str] = field(default_factory=list)
    additional_secret_outputs: list[str] = field(default_factory=list)
