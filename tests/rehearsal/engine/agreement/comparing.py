"""What is compared of two engines' work, without what differs from run to run: times, ids of providers, durations."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from tests.rehearsal.engine.agreement.scenarios.scenario import Step
from tests.rehearsal.engine.toy import Cloud

RECORDED = Path(__file__).parent / "recorded"
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_SECONDS = re.compile(r"\((\d+(\.\d+)?)s\)")
STACK = "    pulumi:pulumi:Stack toys-dev"
"""The line for the stack as a whole, with nothing to say."""
_VOLATILE = {"created", "modified", "sourcePosition", "stackTrace", "duration"}
_UNORDERED = {"dependencies", "propertyDependencies"}
_SAID_BY_STACK = re.compile(r".*pulumi:pulumi:Stack toys-dev (creating \(\?s\)|running|create) (?!error:|warning:).")
_COLOUR = re.compile(r"<\{%.*?%\}>")
"""With --diff the CLI forgets to take out some of its markup."""
_MESSAGES = re.compile(r"(; )?\d+ messages$")


@dataclass(frozen=True)
class Outcome:
    """What a step came to: whether it succeeded, the lines shown, the changes in the cloud, and the state left."""

    succeeded: bool
    text: list[str]
    changes: list[str]
    state: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def unordered(outcome: dict[str, Any]) -> dict[str, Any]:
    """An outcome as JSON, without the order of what does not depend on one another."""
    state = outcome["state"]
    resources = sorted(state["resources"], key=lambda resource: (resource["urn"], resource.get("id", "")))
    return {
        **outcome,
        "text": sorted(outcome["text"]),
        "changes": sorted(outcome["changes"]),
        "state": {**state, "resources": resources},
    }


def meddle(cloud: Cloud, step: Step) -> None:
    """Change the cloud behind the engine's back, as the step says."""
    for id_, thing in list(cloud.things.items()):
        if thing["__name"] in step.vanished:
            del cloud.things[id_]
        thing.update(step.altered.get(thing["__name"], {}))


def normalised_text(text: str, folder: str) -> list[str]:
    """The lines without times, ids and the heartbeat, with the diagnostics in the order of the resources' names.

    Left out are also the line for the stack as a whole in a destroy or import, which comes at any time, and what the
    interpreter of an interrupted program has to say about that.
    """
    if text.startswith("{"):
        document, end = json.JSONDecoder().raw_decode(text)
        lines = json.dumps(_normalised(document), indent=1, sort_keys=True).splitlines()
        return [*lines, *filter(None, text[end:].split("\n"))]
    text = _COLOUR.sub("", text.replace(folder, "DIR"))
    lines = [_SECONDS.sub("(?s)", _UUID.sub("UUID", line)).rstrip() for line in text.splitlines()]
    if "KeyboardInterrupt" in text:
        lines = list(_without_interruption(lines))
    kept = [line for line in lines if line and not line.startswith(("@ ", "Duration:"))]
    if text.startswith(("Destroying", "Importing")):
        kept = [line for line in kept if line != STACK]
    if "Diagnostics:" not in kept:
        return kept
    start = kept.index("Diagnostics:") + 1
    end = next(i for i, line in enumerate(kept) if i >= start and not line.startswith(" "))
    return [*kept[:start], *_sorted_blocks(kept[start:end]), *kept[end:]]


def _without_interruption(lines: list[str]) -> Iterator[str]:
    inside = False
    for line in lines:
        if line.lstrip() == "Traceback (most recent call last):":
            inside = True
        elif line.lstrip() == "KeyboardInterrupt":
            inside = False
        elif inside or "During handling of the above" in line:
            continue
        elif not re.match(
            r".*pulumi:pulumi:Stack toys-dev (creating \(\?s\)|running|create) (?!error:|warning:).", line
        ):
            yield _MESSAGES.sub("", line).rstrip()


def _sorted_blocks(lines: list[str]) -> list[str]:
    blocks: list[list[str]] = []
    for is_heading, group in groupby(lines, key=lambda line: not line.startswith("   ")):
        if is_heading:
            blocks += [[line] for line in group]
        else:
            blocks[-1] += group
    return [line for block in sorted(blocks) for line in block if len(block) > 1]


def normalised_state(deployment: dict[str, Any]) -> dict[str, Any]:
    """The resources and pending operations, without times and the ids of providers."""
    return {
        "resources": [_normalised(resource) for resource in deployment.get("resources") or ()],
        "pending": [
            {"type": pending["type"], "resource": _normalised(pending["resource"])}
            for pending in deployment.get("pending_operations") or ()
        ],
    }


def _normalised(value: Any, *, unordered: bool = False) -> Any:
    if isinstance(value, dict):
        if "ciphertext" in value:
            return {**value, "ciphertext": "CIPHERTEXT"}
        return {
            key: _normalised(part, unordered=unordered or key in _UNORDERED)
            for key, part in value.items()
            if key not in _VOLATILE
        }
    if isinstance(value, list):
        parts = [_normalised(part) for part in value]
        return sorted(parts) if unordered else parts
    return _UUID.sub("UUID", value) if isinstance(value, str) else value
