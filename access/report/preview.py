"""A preview: the steps that an update, or a destroy, would take.

Source: pulumi, `pkg/backend/display/json.go` (`ShowPreviewDigest`) and `pkg/resource/deploy/step.go` (operations).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from access.errors import BadInputError
from access.report import record
from access.report.quoting import visible
from access.report.record import MalformedError
from access.report.resource import Resource
from access.urn import parse

WANTED = "the output of `pulumi preview --json`"
LOGICAL = frozenset({"same", "create", "update", "delete", "replace", "read", "refresh", "import", "discard"})
"""The operations that say what becomes of a resource."""
PHYSICAL = frozenset(
    {
        "create-replacement",
        "delete-replaced",
        "read-replacement",
        "read-discard",
        "discard-replaced",
        "remove-pending-replace",
        "import-replacement",
    }
)
"""The parts of a replacement, which `--show-replacement-steps` lists beside the `replace` they belong to."""


@dataclass(frozen=True)
class Step:
    """What would be done to one resource."""

    operation: str
    """One of LOGICAL."""
    urn: str
    old: Resource | None
    new: Resource | None
    forced_by: tuple[str, ...] = ()
    """The properties whose change forces a replacement; none if the engine replaces for another reason."""


@dataclass(frozen=True)
class Preview:
    """The steps of one stack, in the order in which the engine takes them."""

    stack: str
    project: str
    steps: tuple[Step, ...]


def parse_preview(document: Any, name: str) -> Preview:
    """Returns the preview in a JSON document; `name` is how messages call it.

    Raises BadInputError: also for a preview that failed, because it does not hold all that would change.
    """
    try:
        digest = record.mapping(document, "the document")
        _refuse_other_formats(digest)
        steps = [
            step for index, item in enumerate(record.items(digest["steps"], "steps")) for step in _steps(item, index)
        ]
    except MalformedError as error:
        raise BadInputError(f"{name} is not {WANTED}: {error}.") from error
    _refuse_failure(digest, name)
    stacks = {(urn.project, urn.stack) for urn in (parse(step.urn) for step in steps) if urn}
    if not stacks:
        raise BadInputError(f"{name} is not {WANTED}: it has parts of replacements and no step that they belong to.")
    if len(stacks) > 1:
        listed = ", ".join(sorted(visible(f"{project}/{stack}") for project, stack in stacks))
        raise BadInputError(f"{name} is of several stacks: {listed}. Expected is {WANTED} of one stack.")
    ((project, stack),) = stacks
    return Preview(stack, project, tuple(steps))


def _steps(item: Any, index: int) -> Sequence[Step]:
    place = f"steps[{index}]"
    step = record.mapping(item, place)
    operation = record.text(step.get("op"), f"{place}.op")
    if operation in PHYSICAL:
        return ()
    if operation not in LOGICAL:
        raise MalformedError(
            f"{place} has the operation {record.shown(operation)}, which this report does not know "
            "(was it written by a newer Pulumi?)"
        )
    urn = record.text(step.get("urn"), f"{place}.urn")
    if parse(urn) is None:
        raise MalformedError(f"{place}.urn is {record.shown(urn)}, which is no URN")
    old, new = (
        None if step.get(key) is None else record.resource(step[key], f"{place}.{key}")
        for key in ("oldState", "newState")
    )
    missing = [
        key
        for key, state, needed_by in (
            ("oldState", old, ("same", "update", "delete", "replace", "refresh", "discard")),
            ("newState", new, ("same", "create", "update", "replace", "read", "import")),
        )
        if state is None and operation in needed_by
    ]
    if missing:
        raise MalformedError(f"{place} ({operation}) has no {missing[0]}")
    return (Step(operation, urn, old, new, record.texts(step.get("replaceReasons"), f"{place}.replaceReasons")),)


def _refuse_other_formats(digest: Mapping[str, Any]) -> None:
    if "deployment" in digest or "checkpoint" in digest:
        raise MalformedError("it is the state of a stack (give that with --state)")
    if "resource_changes" in digest or "terraform_version" in digest:
        raise MalformedError("it was written by Terraform")
    if "version" in digest:
        raise MalformedError(
            f"it says it is of version {record.shown(digest['version'])}, and this report knows the form without a "
            "version (was it written by a newer Pulumi?)"
        )
    if not digest.get("steps"):
        keys = ", ".join(record.shown(key) for key in list(digest)[:8])
        raise MalformedError(f"it has no steps{f' (it has {keys})' if keys else ''}")


def _refuse_failure(digest: Mapping[str, Any], name: str) -> None:
    diagnostics = digest.get("diagnostics") or []
    for diagnostic in diagnostics if isinstance(diagnostics, list) else []:
        if isinstance(diagnostic, dict) and diagnostic.get("severity") == "error":
            said = visible(" ".join(str(diagnostic.get("message", "")).split()))
            raise BadInputError(
                f"{name} is of a preview that failed, so it does not hold all that would change: {said}\n"
                "Repair that and preview again."
            )
