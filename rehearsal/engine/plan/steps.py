"""Steps: the operations a plan is made of. Names are those of Pulumi's `display.StepOp`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from rehearsal.engine.plan.difference import PropertyDifference
from rehearsal.engine.resource import Goal, ReadGoal, Resource


class Op(StrEnum):
    """What a step does."""

    SAME = "same"
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    REPLACE = "replace"
    CREATE_REPLACEMENT = "create-replacement"
    DELETE_REPLACED = "delete-replaced"
    READ = "read"
    READ_REPLACEMENT = "read-replacement"
    REFRESH = "refresh"
    DISCARD = "discard"
    DISCARD_REPLACED = "discard-replaced"
    REMOVE_PENDING_REPLACE = "remove-pending-replace"
    IMPORT = "import"
    IMPORT_REPLACEMENT = "import-replacement"


DELETIONS = frozenset({Op.DELETE, Op.DELETE_REPLACED, Op.DISCARD, Op.DISCARD_REPLACED, Op.REMOVE_PENDING_REPLACE})


@dataclass(eq=False)
class Step:
    """One operation on one resource: `old` is what there is (None: nothing), `new` what there will be (None: nothing).

    `goal` is the request of the program that the step fulfils; None for steps no request waits for.
    """

    op: Op
    old: Resource | None
    new: Resource | None
    goal: Goal | ReadGoal | None = None
    replace_keys: tuple[str, ...] = ()
    changed_keys: tuple[str, ...] = ()
    detailed: Mapping[str, PropertyDifference] | None = None
    pending_delete: bool = False
    """The replaced resource is deleted after everything else, not before its replacement is created."""
    pending_replacement: bool = False
    """The deletion comes first and a replacement is to follow."""
    skipped_create: bool = False
    """Left out because it isn't targeted: nothing is created and nothing is recorded."""
    untargeted: bool = False
    original: Resource | None = None
    """The managed resource that an import takes the place of."""
    planned: bool = False
    """An import that no registration asks for, as of a file."""
    seed: bytes = b""
    result: Op | None = None
    """What a refresh came to: same, update or delete."""

    @property
    def resource(self) -> Resource:
        """The newest state of the resource; for deletions, the last one."""
        found = self.new or self.old
        if found is None:
            raise ValueError("a step is about a resource")
        return found

    @property
    def urn(self) -> str:
        """The URN of the resource the step is about."""
        return self.resource.urn

    @property
    def is_logical(self) -> bool:
        """Whether the program knows of it; a replacement is one logical step of several."""
        return self.op in (Op.SAME, Op.CREATE, Op.UPDATE, Op.DELETE, Op.REPLACE, Op.READ, Op.IMPORT, Op.DISCARD)
