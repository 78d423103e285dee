"""What came of a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rehearsal.engine.plan.steps import Op, Step
from rehearsal.engine.values import Properties


@dataclass(frozen=True)
class Result:
    """The outcome of a preview, up, refresh, import or destroy."""

    succeeded: bool
    """Whether everything that was to be done was done, or can be; if not, the user has been shown why."""
    changes: Mapping[Op, int] = field(default_factory=dict)
    """How many resources each operation concerned, as the summary says it; `same` among them."""
    steps: Sequence[Step] = ()
    """Every step that was carried out or, in a preview, would be; in the order in which they ended."""
    outputs: Properties = field(default_factory=dict)
    """The stack's outputs; secrets are `values.Secret`, what a preview can't know is `values.Unknown`."""

    @property
    def has_changes(self) -> bool:
        """Whether anything changed or would change."""
        return any(count for op, count in self.changes.items() if op is not Op.SAME)
