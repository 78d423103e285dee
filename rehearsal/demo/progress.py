"""What the engine does, in the story's own column: a line for each resource that changes, and every error."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from rehearsal.engine.display.words import COLOURS
from rehearsal.engine.execution.events import Event, Message, StepEnded
from rehearsal.engine.plan.steps import Op

SIGNS = {
    Op.CREATE: "+ ",
    Op.UPDATE: "~ ",
    Op.DELETE: "- ",
    Op.CREATE_REPLACEMENT: "++",
    Op.DELETE_REPLACED: "--",
}


class Progress:
    """An engine's listener that leaves out components, which nobody has to pay for or to approve."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def show(self, event: Event) -> None:
        """Tell of a step that ended, or of an error."""
        match event:
            case StepEnded(step, op) if op in SIGNS and step.resource.custom and ":providers:" not in step.urn:
                kind = step.urn.split("::")[2].rpartition("$")[2]
                package, _, type_ = kind.split(":")
                name = step.urn.rpartition("::")[2]
                failed = "" if event.succeeded else " failed"
                self._console.print(
                    Text(f"   {SIGNS[op]} {package} {type_} ", style=COLOURS[op])
                    + Text(f"{name}{failed}", style="default")
                )
            case Message(severity="error"):
                self._console.print(Text(f"   {event.text}", style="red"))
