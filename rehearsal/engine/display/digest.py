"""The JSON that `pulumi preview --json` prints (pulumi/pulumi, pkg/backend/display/json.go)."""

from __future__ import annotations

import json
from typing import Any, TextIO

from rehearsal.engine.display.words import is_shown
from rehearsal.engine.execution.events import Began, Ended, Event, Message, StepBegan, StepEnded, is_internal
from rehearsal.engine.plan.steps import Op, Step
from rehearsal.engine.state.serialised import Cipher, written_resource


class Digest:
    """Collects a preview and writes it as one document when it is over."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._config: dict[str, Any] = {}
        self._steps: list[dict[str, Any]] = []
        self._diagnostics: list[dict[str, Any]] = []

    def show(self, event: Event) -> None:
        """Take an event into the document."""
        match event:
            case Began():
                self._config, self._steps, self._diagnostics = dict(event.configuration), [], []
            case StepBegan(step) if not is_internal(step):
                if step.resource.is_root_stack or is_shown(step, every_step=False):
                    self._steps.append(_described(step, step.op))
            case StepEnded(step) if step.op is Op.REFRESH and not is_internal(step):
                if event.op in (Op.UPDATE, Op.DELETE):
                    index = next(i for i, known in enumerate(self._steps) if known["urn"] == step.urn)
                    self._steps[index] = _described(step, event.op)
            case Message() if event.severity != "debug" and not event.ephemeral:
                self._diagnostics.append(_diagnostic(event))
            case Ended():
                self._write(event)

    def _write(self, ended: Ended) -> None:
        document: dict[str, Any] = {"config": self._config, "steps": self._steps}
        if self._diagnostics:
            document["diagnostics"] = self._diagnostics
        document["duration"] = int(ended.seconds * 1e9)
        document["changeSummary"] = {str(op): count for op, count in sorted(ended.changes.items()) if count}
        document = {key: value for key, value in document.items() if value or key == "duration"}
        self._stream.write(json.dumps(document, indent=4, ensure_ascii=False) + "\n")
        self._stream.flush()


def _described(step: Step, op: Op) -> dict[str, Any]:
    described: dict[str, Any] = {"op": str(op), "urn": step.urn}
    if step.resource.provider:
        described["provider"] = step.resource.provider
    if step.old is not None:
        described["oldState"] = written_resource(step.old, Cipher())
    if step.new is not None:
        described["newState"] = written_resource(step.new, Cipher())
    if step.changed_keys:
        described["diffReasons"] = list(step.changed_keys)
    if step.replace_keys:
        described["replaceReasons"] = list(step.replace_keys)
    described["detailedDiff"] = None
    if step.detailed is not None:
        described["detailedDiff"] = {
            path: {"kind": d.kind, "inputDiff": d.input_difference} for path, d in sorted(step.detailed.items())
        }
    return described


def _diagnostic(message: Message) -> dict[str, Any]:
    prefix = f"{message.severity}: " if message.severity in ("error", "warning") else ""
    severity = "info#err" if message.to_stderr else message.severity
    described = {"urn": message.urn} if message.urn else {}
    return {**described, "message": f"{prefix}{message.text}\n", "severity": severity}
