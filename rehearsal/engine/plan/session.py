"""What a planner knows: the old state, what it was asked to touch, and what it has decided so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from rehearsal.engine import urn as urns
from rehearsal.engine.plan.graph import Graph
from rehearsal.engine.plan.steps import Step
from rehearsal.engine.plan.targets import Targets
from rehearsal.engine.resource import Resource


@dataclass(frozen=True)
class Scope:
    """What an operation may do. `preview`: nothing is carried out, so faults can be collected instead of ending it."""

    preview: bool = False
    targets: Targets = field(default_factory=Targets)
    target_dependents: bool = False
    excludes: Targets = field(default_factory=Targets)
    exclude_dependents: bool = False
    replace: Targets = field(default_factory=Targets)


class Session:
    """The old resources, and which URNs the run has seen and decided about."""

    def __init__(self, stack: str, project: str, past: Sequence[Resource], scope: Scope) -> None:
        self.stack, self.project, self.scope = stack, project, scope
        self.rebase(past)
        self.registered: set[str] = set()
        self.reads: set[str] = set()
        self.creates: set[str] = set()
        self.sames: set[str] = set()
        self.updates: set[str] = set()
        self.replaces: set[str] = set()
        self.deletes: set[str] = set()
        self.imports: set[str] = set()
        self.skipped_creates: set[str] = set()
        self.providers: dict[str, Resource] = {}
        self.news: dict[str, Resource] = {}
        self.new_of_alias: dict[str, str] = {}
        self.alias_of_new: dict[str, str] = {}
        self.replace_keys_of_dependent: dict[str, tuple[str, ...]] = {}
        self.deleted_early: set[int] = set()
        self.carried_along: list[Step] = []
        self.targeted = scope.targets.copy()
        self.excluded = scope.excludes.copy()
        self.failed = False

    def rebase(self, past: Sequence[Resource]) -> None:
        """Take another old state, as after a refresh."""
        self.past = list(past)
        self.olds = {resource.urn: resource for resource in self.past if not resource.delete}
        self.graph = Graph(self.past)

    def urn(self, parent: str, type_: str, name: str) -> str:
        """The URN a resource gets in this stack."""
        return urns.create(self.stack, self.project, parent, type_, name)

    def has_step(self, urn: str) -> bool:
        """Whether anything was decided about a URN."""
        return any(
            urn in decided
            for decided in (self.creates, self.sames, self.updates, self.deletes, self.replaces, self.reads)
        )

    def is_kept(self, urn: str) -> bool:
        """Whether the program still has it, perhaps under a new name."""
        urn = self.new_of_alias.get(urn, urn)
        return any(urn in decided for decided in (self.sames, self.updates, self.replaces, self.reads))

    def is_included(self, resource: Resource) -> bool:
        """Whether the operation may touch a resource; providers and the stack always take part."""
        if resource.is_provider or resource.is_root_stack:
            return True
        if self.scope.targets.constrained:
            return self.is_targeted(resource)
        return not (self.scope.excludes.constrained and self.is_excluded(resource))

    def is_targeted(self, resource: Resource) -> bool:
        """Whether it was named as a target or, with `target_dependents`, needs one that was."""
        if self.scope.targets.names(resource.urn):
            return True
        return self.scope.target_dependents and any(self.targeted.names(urn) for urn in resource.requires())

    def is_excluded(self, resource: Resource) -> bool:
        """Whether it was excluded by name or, with `exclude_dependents`, needs one that was."""
        if self.scope.excludes.names(resource.urn):
            return True
        return self.scope.exclude_dependents and any(self.excluded.names(urn) for urn in resource.requires())

    def is_to_be_replaced(self, urn: str, old: Resource | None) -> bool:
        """Whether the user asked for its replacement (`--replace`, `pulumi state taint`)."""
        return self.scope.replace.names(urn) or (old is not None and old.taint)
