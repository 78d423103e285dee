"""Every step with its properties, as `pulumi preview --diff` shows it (pulumi/pulumi, pkg/backend/display/diff.go)."""

from __future__ import annotations

from typing import TextIO

from rehearsal.engine import urn as urns
from rehearsal.engine.comparison import Part, compare
from rehearsal.engine.display import outputs, policies, summary
from rehearsal.engine.display.differences import of_details
from rehearsal.engine.display.printing import Paint, Printer, plain
from rehearsal.engine.display.rows import text_of
from rehearsal.engine.display.words import SIGNS, is_shown, retained, title, visible
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
from rehearsal.engine.policy_pack import LoadedPack
from rehearsal.engine.resource import Resource
from rehearsal.engine.values import UNKNOWN_STRING

_OWN_COLOUR = (Op.CREATE, Op.DELETE, Op.DELETE_REPLACED, Op.DISCARD, Op.DISCARD_REPLACED)


class Diff:
    """Writes each step with what it changes, children below their parents."""

    def __init__(self, stream: TextIO, paint: Paint = plain) -> None:
        self._stream, self._paint = stream, paint
        self._began = Began("update", preview=True, project="", stack="", configuration={})
        self._seen: dict[str, Step] = {}
        self._failed = 0
        self._packs: tuple[LoadedPack, ...] = ()

    def show(self, event: Event) -> None:
        """Write what an event is worth."""
        match event:
            case Began():
                self._began, self._seen, self._failed, self._packs = event, {}, 0, ()
                self._write(title(event.kind, event.stack, preview=event.preview) + "\n")
            case PacksLoaded():
                self._packs = event.packs
            case Violated():
                self._write(policies.line(event.violation))
            case StepBegan(step) if not is_internal(step):
                self._seen[step.urn] = step
                if step.op not in (Op.REFRESH, Op.IMPORT) and self._is_shown(step):
                    self._write(self._described(step, step.op))
            case StepEnded(step) if not is_internal(step):
                self._ended(event)
            case OutputsRegistered(step) if step.resource.is_root_stack:
                self._outputs(step)
            case OutputsRegistered(step) if self._is_shown(step):
                self._put_out(step, step.op)
            case Message() if event.severity != "debug" and not event.ephemeral:
                self._write(event.text if event.raw else f"{text_of(event)}\n")
            case Ended():
                self._write("\n".join([*summary.resources(event, self._failed, preview=self._began.preview), ""]))
                self._write(policies.table(self._packs))
            case Notice():
                self._write(f"\n{event.text}\n")

    def _is_shown(self, step: Step) -> bool:
        return step.resource.is_root_stack or is_shown(step, every_step=False)

    def _ended(self, event: StepEnded) -> None:
        step = event.step
        if not event.succeeded:
            self._failed += not self._began.preview
            return
        refresh = step.op is Op.REFRESH
        if step.op is Op.IMPORT or (refresh and event.op is Op.UPDATE):
            self._write(self._described(step, event.op))
            return
        # What the program puts out is registered at its end.
        shown = self._is_shown(step) and not (step.resource.is_root_stack and step.new is not None)
        if refresh:
            shown = step.resource.is_root_stack or event.op is not Op.SAME
        if shown:
            self._put_out(step, event.op)

    def _put_out(self, step: Step, op: Op) -> None:
        """What a step has put out; a refresh has not been shown before that."""
        depth = self._depth(step)
        refresh, read = step.op is Op.REFRESH, step.op in (Op.READ, Op.READ_REPLACEMENT)
        text = ""
        if refresh or read or not self._began.preview:
            text = outputs.of_step(step, op, depth + 1, self._paint, refresh=refresh, preview=self._began.preview)
        if refresh and (op is not Op.REFRESH or text or step.resource.is_root_stack):
            self._write(self._heading(step, op, depth))
        if text:
            self._write(self._paint(op, "    " * (depth + 1) + "--outputs:--") + "\n" + text)

    def _outputs(self, step: Step) -> None:
        old = step.old.outputs if step.old is not None else None
        text = summary.outputs(old, step.resource.outputs, preview=self._began.preview, paint=self._paint)
        if text:
            self._write(self._paint(step.op, "    --outputs:--") + "\n" + text)

    def _described(self, step: Step, op: Op) -> str:
        depth = self._depth(step)
        return self._heading(step, op, depth) + ("" if op is Op.SAME else self._details(step, op, depth + 1))

    def _depth(self, step: Step) -> int:
        """How far in: one for every ancestor that is shown."""
        depth, parent = 0, step.resource.parent
        while parent in self._seen:
            above = self._seen[parent]
            depth += self._is_shown(above)
            parent = above.resource.parent
        return depth

    def _heading(self, step: Step, op: Op, depth: int) -> str:
        space, below = "    " * depth, "    " * (depth + 1)
        about = op if op in _OWN_COLOUR else Op.SAME
        lines = [self._paint(op, f"{space}{SIGNS[op]}{step.resource.type}: ({retained(op, step, op)}){_lock(step)}")]
        if step.old is not None and step.old.id:
            lines.append(self._paint(about, f"{below}[id={step.old.id}]"))
        lines.append(self._paint(about, f"{below}[urn={step.urn}]"))
        provider = self._provider(step)
        if provider:
            lines.append(self._paint(about, f"{below}{provider}"))
        return "\n".join(lines) + "\n"

    @staticmethod
    def _provider(step: Step) -> str:
        reference = step.resource.provider
        if not reference:
            return ""
        if step.old is not None and step.new is not None and step.old.provider != step.new.provider:
            return f"[provider: {step.old.provider} => {step.new.provider.replace(UNKNOWN_STRING, '[unknown]')}]"
        return "" if urns.name_of(urns.parse_reference(reference)[0]) == "default" else f"[provider={reference}]"

    def _details(self, step: Step, op: Op, indent: int) -> str:
        out: list[str] = []
        old, new = step.old, step.new
        printer = Printer(out, op, indent, self._paint)
        if old is None or new is None:
            which = "outputs" if new is not None and visible(new, "outputs") else "inputs"
            printer.object(visible(new or old, which))
            return "".join(out)
        parts = self._parts(step, old, new, op)
        if parts:
            Printer(out, op, indent, self._paint, signed=True).difference(parts)
        else:
            Printer(out, Op.SAME, indent, self._paint, signed=True).object(visible(new, "inputs"))
        return "".join(out)

    @staticmethod
    def _parts(step: Step, old: Resource, new: Resource, op: Op) -> tuple[Part, ...]:
        if step.detailed is not None:
            return of_details(step, refresh=step.op is Op.REFRESH)
        if visible(new, "outputs") and op not in (Op.IMPORT, Op.IMPORT_REPLACEMENT):
            return compare(visible(old, "outputs"), visible(new, "outputs"))
        parts = compare(visible(old, "inputs"), visible(new, "inputs"))
        wanted = step.changed_keys
        return tuple(part for part in parts if not wanted or part.key in wanted)

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


def _lock(step: Step) -> str:
    before = step.old is not None and step.old.protect
    after = step.new is not None and step.new.protect
    if before and step.new is not None and not after:
        return " 🔓"
    return " 🔒" if before or after else ""
