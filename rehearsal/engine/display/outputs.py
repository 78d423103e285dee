"""What a step's resource has put out, where its inputs don't say it already.

After pulumi/pulumi, pkg/backend/display/object_diff.go, `getResourceOutputsPropertiesString`.
"""

from __future__ import annotations

from rehearsal.engine.comparison import compare
from rehearsal.engine.display.printing import Paint, Printer, is_worth_printing
from rehearsal.engine.display.words import visible
from rehearsal.engine.plan.steps import Op, Step
from rehearsal.engine.values import equal


def of_step(step: Step, op: Op, indent: int, paint: Paint, *, refresh: bool, preview: bool) -> str:
    """The outputs that are new or differ from the old ones; after a `refresh` also those that are inputs, too.

    The stack's are shown in any case, but for a preview.
    """
    old, new = step.old, step.new
    every_one = step.resource.is_root_stack and not preview
    if old is not None and old.init_errors:
        return ""
    inputs, outputs = visible(new, "inputs"), visible(new, "outputs")
    lines: list[str] = []
    printer = Printer(lines, op, indent, paint)

    def is_told(key: str | int) -> bool:
        return not refresh and key in inputs and equal(outputs.get(str(key)), inputs[str(key)])

    parts = compare(visible(old, "outputs"), outputs) if old is not None else ()
    if parts:
        width = max(len(str(part.key)) for part in parts)
        for part in parts:
            if (part.kind != "same" or every_one) and not is_told(part.key):
                printer.part(part, width)
    elif old is None or every_one:
        width = max(map(len, outputs), default=0)
        for key in sorted(outputs):
            if is_worth_printing(outputs[key]) and not is_told(key):
                printer.title(key, width)
                printer.value(outputs[key])
    return "".join(lines)
