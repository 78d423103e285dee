"""Progress as lines of text, for logs: a line whenever something about a resource changes."""

from __future__ import annotations

from typing import TextIO

from rehearsal.engine import urn as urns
from rehearsal.engine.display import policies, summary
from rehearsal.engine.display.rows import Row
from rehearsal.engine.display.words import shown_type, title
from rehearsal.engine.execution.events import (
    Began,
    Ended,
    Event,
    Message,
    Notice,
    OutputsRegistered,
    PacksLoaded,
    StepBegan,
    StepEnded,
    Violated,
    is_internal,
)
from rehearsal.engine.plan.steps import Op, Step
from rehearsal.engine.policy_pack import LoadedPack, Violation


class Board:
    """The rows of a run, kept up to date by its events. Subclasses show them."""

    def __init__(self) -> None:
        self.began = Began("update", preview=True, project="", stack="", configuration={})
        self.rows: dict[str, Row] = {}
        self._first = ""
        self.packs: tuple[LoadedPack, ...] = ()
        self.violations: list[Violation] = []

    @property
    def root(self) -> str:
        """The URN of the stack, which messages without a resource are about."""
        return urns.create(
            self.began.stack, self.began.project, "", urns.ROOT_STACK_TYPE, f"{self.began.project}-{self.began.stack}"
        )

    def row(self, urn: str) -> Row:
        """The row of a resource."""
        urn = urn if urns.is_valid(urn) else self.root
        return self.rows.setdefault(urn, Row(urn, self.began.preview))

    def show(self, event: Event) -> None:
        """Take notice of an event, and let `changed` know of the row it is about."""
        match event:
            case Began():
                self.began = event
                self.rows, self._first, self.packs, self.violations = {}, "", (), []
                self.started()
            case PacksLoaded():
                self.packs = event.packs
            case Violated():
                self.violations.append(event.violation)
            case StepBegan(step) | StepEnded(step) if step.op is Op.READ and not is_internal(step):
                text = f"read {shown_type(step.urn)} {step.resource.name}"
                self.show(Message("info", text, ephemeral=True))
            case StepBegan(step) if self._concerns(step):
                self._first = self._first or step.urn
                row = self.row(step.urn)
                row.unhide(step)
                row.begin(step)
                self.changed(row)
            case StepEnded(step) if self._concerns(step):
                self._ended(event)
            case OutputsRegistered(step) if self._concerns(step):
                row = self.row(step.urn)
                row.unhide(step)
                row.end(step, step.op, 0)
            case Message() if event.severity != "debug":
                row = self.row(event.urn)
                row.hidden = False
                row.messages.append(event)
                self.changed(row)
            case Ended():
                self.finished(event)
            case Notice():
                self.told(event.text)

    def _concerns(self, step: Step) -> bool:
        """What the engine does for itself is not shown, nor how reads come about."""
        return not is_internal(step) and step.op not in (Op.READ, Op.READ_REPLACEMENT, Op.DISCARD)

    def _ended(self, event: StepEnded) -> None:
        step = event.step
        row = self.row(step.urn)
        row.unhide(step)
        if not event.succeeded:
            if not self.began.preview:  # there the message says it
                row.failed = True
                self.changed(row)
            return
        refreshed = step.op is Op.REFRESH
        if not (self.began.preview or step.resource.custom or refreshed or step.op is Op.DELETE):
            return
        row.end(step, event.op, event.seconds)
        if refreshed or (not self.began.preview and step.resource.custom and event.op is not Op.SAME):
            self.changed(row)

    def started(self) -> None:
        """A run begins."""

    def changed(self, row: Row) -> None:
        """Something about a resource has changed."""

    def finished(self, event: Ended) -> None:
        """The run is over."""

    def told(self, text: str) -> None:
        """There is something to say that is about no resource."""

    def conclusion(self, event: Ended) -> str:
        """Violated policies, diagnostics, outputs and, unless a mandatory policy was violated, counts."""
        preview = self.began.preview
        lines = [*policies.section(self.packs, self.violations), *summary.diagnostics(self.rows.values())]
        shown = self._outputs()
        if shown:
            lines += ["Outputs:", shown]
        if any(violation.is_mandatory for violation in self.violations):
            return "\n".join(lines).rstrip("\n") + "\n"
        errored = sum(row.errors > 0 for row in self.rows.values())
        lines += [*summary.resources(event, errored, preview=preview), ""]
        return "\n".join(lines)

    def _outputs(self) -> str:
        """What the stack puts out, if the run came to it first: else Pulumi's display does not know of it."""
        row = self.row(self.root)
        if self._first != self.root or row.step is None:
            return ""
        old = row.step.old.outputs if row.step.old is not None else None
        return summary.outputs(old, row.outputs, preview=self.began.preview)


class Plain(Board):
    """Writes to a stream that is no terminal."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self._stream = stream

    def started(self) -> None:
        self._write(title(self.began.kind, self.began.stack, preview=self.began.preview) + "\n")

    def changed(self, row: Row) -> None:
        if not row.hidden:
            self._write(f" {' '.join(row.columns())}")

    def finished(self, event: Ended) -> None:
        if self.rows:
            self.row(self.root).hidden = False
        open_ = [row for row in self.rows.values() if not row.is_done]
        for row in self.rows.values():
            row.over = True
        for row in open_:
            self.changed(row)
        self._write(self.conclusion(event))

    def told(self, text: str) -> None:
        self._write(text)

    def _write(self, text: str) -> None:
        self._stream.write(f"{text}\n")
        self._stream.flush()
