"""What is known of each resource while a run goes on, as the columns of a line."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from rehearsal.engine import urn as urns
from rehearsal.engine.comparison import Part, compare
from rehearsal.engine.display.differences import of_details
from rehearsal.engine.display.words import (
    DOING,
    DONE,
    FAILED,
    PLANNED,
    PREVIEWED,
    SIGNS,
    is_shown,
    plural,
    retained,
    shown_type,
    visible,
)
from rehearsal.engine.execution.events import Message
from rehearsal.engine.plan.steps import Op, Step
from rehearsal.engine.values import Properties


@dataclass
class Row:
    """One resource. `step` is the last one that concerned it; `ended` are the operations that have been completed."""

    urn: str
    preview: bool
    step: Step | None = None
    op: Op = Op.SAME
    ended: list[Op] = field(default_factory=list)
    hidden: bool = True
    """Whether there has been nothing worth a line."""
    failed: bool = False
    over: bool = False
    messages: list[Message] = field(default_factory=list)
    replace_step: Step | None = None
    outputs: Properties = field(default_factory=dict)
    """As its step last had them: until it ends, only what was known when it began."""
    began: float = 0
    seconds: float = 0

    def unhide(self, step: Step) -> None:
        """Show it from now on if a step is worth showing; the stack, once it has been heard of."""
        if is_shown(step) or (self.is_root and self.step is not None):
            self.hidden = False

    def begin(self, step: Step) -> None:
        """A step begins."""
        self._take(step, step.op, 0)
        self.began = time.monotonic()
        if step.op is Op.REPLACE:
            self.replace_step = step

    def end(self, step: Step, op: Op, seconds: float) -> None:
        """A step has been completed; `op` is what it came to."""
        self._take(step, op, seconds)
        self.ended.append(op)

    def _take(self, step: Step, op: Op, seconds: float) -> None:
        self.step, self.op, self.seconds = step, op, seconds
        self.outputs = step.new.outputs if step.new is not None else {}

    @property
    def is_root(self) -> bool:
        """Whether it is the stack, which runs as long as the run."""
        return urns.type_of(self.urn) == urns.ROOT_STACK_TYPE

    @property
    def is_done(self) -> bool:
        """Whether nothing more is expected of it for now."""
        if self.failed or self.over:
            return True
        return not self.is_root and self.op in self.ended

    @property
    def errors(self) -> int:
        """How many errors were reported for it."""
        return sum(message.severity == "error" and not message.ephemeral for message in self.messages)

    def columns(self) -> tuple[str, str, str, str, str]:
        """Sign, type, name, status and information."""
        return SIGNS[self.op], shown_type(self.urn), urns.name_of(self.urn), self.status(), self.information()

    def status(self) -> str:
        """What is being done, or was."""
        if not self.is_done and self.is_root and self.op is Op.SAME:
            return "running" if self.step is not None else ""
        failed = self.is_done and (self.failed or self.errors > 0)
        if self._is_interrupted and not failed:
            return f"{DOING[self.op]} (interrupted)"
        failed = failed and not self.preview
        text = self._status(failed=failed)
        text = f"**{text}**" if failed else text
        return text if self.step is None else retained(text, self.step, self.op)

    @property
    def _is_interrupted(self) -> bool:
        """Whether the run was over before the operation was; only custom resources always end theirs."""
        custom = self.step is not None and self.step.resource.custom
        return self.over and custom and self.op not in (Op.SAME, Op.REMOVE_PENDING_REPLACE, *self.ended)

    def _status(self, *, failed: bool) -> str:
        if self.preview:
            return (PREVIEWED if self.is_done else PLANNED)[self.op]
        if failed:
            return FAILED[self.op] + self._took()
        if self.is_done:
            return DONE[self.op] + self._took()
        if self.op is Op.SAME:
            return DOING[self.op]
        return f"{DOING[self.op]} ({int(time.monotonic() - self.began)}s)"

    def _took(self) -> str:
        if self.op is Op.SAME or self.op not in self.ended:
            return ""
        return f" ({self.seconds:.2f}s)" if self.seconds < 1 else f" ({int(self.seconds)}s)"

    def information(self) -> str:
        """What differs, and what there is to say."""
        parts = []
        changes = self._changes()
        if changes:
            parts.append(f"[{changes}]")
        if self.over:
            counted = {"error": "error", "warning": "warning", "info": "message"}
            for severity, word in counted.items():
                count = sum(m.severity == severity and not m.ephemeral for m in self.messages)
                if count:
                    parts.append(plural(count, word))
        elif self.messages:
            parts.append(text_of(self.messages[-1]))
        return "; ".join(parts).split("\n", 1)[0]

    def _changes(self) -> str:
        step = self.step
        if self.op in (Op.CREATE_REPLACEMENT, Op.DELETE_REPLACED) and self.replace_step is not None:
            step = self.replace_step
        if step is None or step.old is None or step.new is None:
            return ""
        parts: tuple[Part, ...] = ()
        if self.op is not Op.SAME and step.detailed is not None:
            parts = of_details(step, refresh=step.op is Op.REFRESH)
        elif self.op is not Op.SAME:
            parts = compare(visible(step.old, "inputs"), visible(step.new, "inputs"))
        kinds = {str(part.key): part.kind for part in parts if part.kind != "same"}
        kinds |= {name: "update" for name in _METADATA if getattr(step.old, name) != getattr(step.new, name)}
        if not kinds:
            return ""
        listed = ""
        for kind, sign in (("add", "+"), ("delete", "-"), ("update", "~")):
            keys = [key for key in kinds if kinds[key] == kind and (not step.changed_keys or key in step.changed_keys)]
            listed += f"{sign}{','.join(sorted(keys))}" if keys else ""
        return f"diff: {listed}"


_METADATA = ("provider", "protect", "taint")


def text_of(message: Message) -> str:
    """A message with its severity before it."""
    prefix = f"{message.severity}: " if message.severity in ("error", "warning") else ""
    return prefix + message.text.rstrip()
