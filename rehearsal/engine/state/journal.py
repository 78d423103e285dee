"""The journal of a run: before anything is done, what is about to be done is on the disk; afterwards, what came of it.

Every entry is a whole checkpoint: the resources the run has dealt with, in the order in which it did, then those it
has not (yet), and what has begun without an end as pending operations. So at any moment the file is one that this
engine and Pulumi's can go on from (pulumi/pulumi, pkg/backend/snapshot.go).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace

from rehearsal.engine import urn as urns
from rehearsal.engine.plan.steps import Op, Step
from rehearsal.engine.resource import Resource
from rehearsal.engine.state.checkpoint import Checkpoint, Operation, now
from rehearsal.engine.values import equal

_PENDING = {
    Op.CREATE: "creating",
    Op.CREATE_REPLACEMENT: "creating",
    Op.UPDATE: "updating",
    Op.DELETE: "deleting",
    Op.DELETE_REPLACED: "deleting",
    Op.DISCARD: "deleting",
    Op.DISCARD_REPLACED: "deleting",
    Op.READ: "reading",
    Op.READ_REPLACEMENT: "reading",
    Op.IMPORT: "importing",
    Op.IMPORT_REPLACEMENT: "importing",
}


class Journal:
    """Keeps the checkpoint of a run up to date; safe to use from several threads."""

    def __init__(self, base: Checkpoint, write: Callable[[Checkpoint], None]) -> None:
        """`write` puts a checkpoint on the disk; in a preview it does nothing."""
        self._lock = threading.Lock()
        self._base = base
        self._kept = [operation for operation in base.pending if operation.type == "creating"]
        self._write = write
        self._dealt_with: list[Resource] = []
        self._done: set[int] = set()
        self._pending: dict[int, Operation] = {}
        self._behind = False

    def begin(self, step: Step) -> None:
        """Note what is about to be done."""
        type_ = _PENDING.get(step.op)
        if type_ is None:
            return
        with self._lock:
            self._pending[id(step)] = Operation(type_, step.resource.copy())
            self._flush()

    def end(self, step: Step, *, succeeded: bool) -> None:
        """Note what came of it. Sames that change nothing worth recording wait for the next entry.

        What a refresh finds is noted by `rebase`, all at once.
        """
        if step.op is Op.REFRESH:
            return
        with self._lock:
            self._pending.pop(id(step), None)
            if succeeded:
                self._apply(step)
            if step.op is Op.SAME and succeeded and not _worth_writing(step):
                self._behind = True
                return
            if step.op is not Op.REPLACE:
                self._flush()

    def outputs(self, changed: bool) -> None:
        """Note that a resource's outputs were registered."""
        with self._lock:
            if changed:
                self._flush()

    def rebase(self, resources: Sequence[Resource], *, settled: Collection[Operation] = ()) -> None:
        """Take other resources as the new base, as after a refresh; `settled` creations are pending no longer."""
        with self._lock:
            self._base = replace(self._base, resources=resources)
            self._kept = [operation for operation in self._kept if operation not in settled]
            self._flush()

    def freeze(self) -> None:
        """Write nothing more: what is under way stays recorded as begun."""
        with self._lock:
            self._write = lambda _: None

    def close(self) -> None:
        """Write what is still waiting to be written."""
        with self._lock:
            if self._behind:
                self._flush()

    def checkpoint(self) -> Checkpoint:
        """The checkpoint as it would be written now."""
        resources = [r for r in self._dealt_with if id(r) not in self._done]
        resources += [r for r in self._base.resources if id(r) not in self._done]
        pending = [*self._pending.values(), *self._kept]
        return Checkpoint(under_present_names(resources), pending, now(), {})

    def _apply(self, step: Step) -> None:
        old, new = step.old, step.new
        if step.op is Op.SAME or step.op is Op.UPDATE or step.op is Op.READ or step.op is Op.READ_REPLACEMENT:
            if old is not None and step.op is not Op.READ_REPLACEMENT:
                self._done.add(id(old))
            if new is not None and not step.skipped_create:
                self._dealt_with.append(new)
        elif step.op in (Op.CREATE, Op.CREATE_REPLACEMENT, Op.IMPORT, Op.IMPORT_REPLACEMENT):
            if new is not None:
                self._dealt_with.append(new)
            if old is not None and old.pending_replacement:
                self._done.add(id(old))
        elif (
            step.op is not Op.REPLACE
            and old is not None
            and (not old.pending_replacement or step.op is Op.REMOVE_PENDING_REPLACE)
        ):
            self._done.add(id(old))

    def _flush(self) -> None:
        self._write(self.checkpoint())
        self._behind = False


def _worth_writing(step: Step) -> bool:
    if step.skipped_create or step.old is None or step.new is None:
        return False
    old, new = vars(step.old), vars(step.new)
    unimportant = {"modified", "created", "init_errors", "aliases"}
    for name in old.keys() - unimportant:
        same = equal(old[name], new[name]) if name in ("inputs", "outputs") else old[name] == new[name]
        if name == "dependencies":
            same = sorted(old[name]) == sorted(new[name])
        if not same:
            return True
    return False


def under_present_names(resources: Iterable[Resource]) -> list[Resource]:
    """The resources, with every reference to a former URN turned into the present one.

    A resource that is renamed is known under its new name before those that refer to it have been dealt with
    (pulumi/pulumi, pkg/resource/deploy/snapshot.go, `NormalizeURNReferences`).
    """
    resources = list(resources)
    present: dict[str, str] = {}
    for resource in resources:
        present.update(dict.fromkeys(resource.aliases, resource.urn))
        parent = present.get(resource.parent)
        if parent and urns.qualified_type(parent) != urns.ROOT_STACK_TYPE and resource.urn not in present.values():
            stack, project = resource.urn.removeprefix(urns.PREFIX).split("::")[:2]
            moved = urns.create(stack, project, parent, urns.type_of(resource.urn), resource.name)
            if moved != resource.urn:
                present[resource.urn] = moved
    if not present:
        return resources
    return [_renamed(resource, present) for resource in resources]


def _renamed(resource: Resource, present: dict[str, str]) -> Resource:
    def now_(urn: str) -> str:
        return present.get(urn, urn)

    renamed = resource.copy()
    renamed.urn, renamed.parent, renamed.aliases = now_(resource.urn), now_(resource.parent), []
    renamed.dependencies = [now_(urn) for urn in resource.dependencies]
    used = {key: [now_(urn) for urn in urns_] for key, urns_ in resource.property_dependencies.items()}
    if used != resource.property_dependencies:  # as in Pulumi, only then are properties that use nothing left out
        renamed.property_dependencies = {key: urns_ for key, urns_ in used.items() if urns_}
    renamed.deleted_with = now_(resource.deleted_with)
    renamed.replace_with = [now_(urn) for urn in resource.replace_with]
    if resource.provider:
        urn, id_ = urns.parse_reference(resource.provider)
        renamed.provider = urns.reference(now_(urn), id_)
    return renamed
