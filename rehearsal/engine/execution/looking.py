"""Steps that look at what is there: reads, refreshes and imports (pulumi/pulumi, pkg/resource/deploy/step.go)."""

from __future__ import annotations

from rehearsal.engine.execution.answers import Answers
from rehearsal.engine.execution.events import Listener, Message
from rehearsal.engine.execution.failures import StepFailed, left_behind
from rehearsal.engine.execution.registry import Registry
from rehearsal.engine.plan.asking import compared, complaints
from rehearsal.engine.plan.difference import Changes
from rehearsal.engine.plan.steps import Op, Step
from rehearsal.engine.protocol.replies import Answer
from rehearsal.engine.resource import Resource
from rehearsal.engine.state.checkpoint import now
from rehearsal.engine.values import UNKNOWN_STRING, equal


class Looking:
    """Carries out the steps that change nothing in the cloud."""

    def __init__(self, registry: Registry, listener: Listener) -> None:
        self._registry, self._listener = registry, listener
        self._answers = Answers(registry, listener)

    def read(self, step: Step) -> None:
        """Look at a resource that isn't the program's own."""
        new = step.resource
        answer = Answer("", {})
        if new.id != UNKNOWN_STRING:
            answer = self._registry.client(new.provider).read(new, new.id, new.inputs, new.inputs)
            if not answer.id:
                raise StepFailed(f"resource '{new.id}' does not exist")
            new.id = answer.id
        new.outputs = answer.outputs
        if step.old is not None:
            new.created, new.modified = step.old.created, step.old.modified
            if not (equal(new.inputs, step.old.inputs) and equal(new.outputs, step.old.outputs)):
                new.modified = now()
            if step.op is Op.READ_REPLACEMENT:
                step.old.delete = True
        failed = left_behind(new, answer)
        if failed is not None:
            raise failed

    def refresh(self, step: Step) -> None:
        """See what has become of a resource; what `up` would do about it, the other way round, is the difference."""
        old = step.resource
        step.result = Op.SAME
        if not old.custom or old.is_provider or old.pending_replacement:
            return
        answer = self._registry.client(old.provider).read(old, old.id, old.inputs, old.outputs)
        if not answer.id:
            step.new, step.result = None, Op.DELETE
            return
        new = step.new = old.copy()
        new.id, new.outputs = answer.id, answer.outputs
        new.inputs = old.inputs if answer.inputs is None else answer.inputs
        if left_behind(new, answer) is not None:
            reasons = "".join(f"\n* {reason}" for reason in answer.init_errors)
            self._listener.show(Message("warning", f"Refreshed resource is in an unhealthy state:{reasons}", old.urn))
        same_outputs = equal(new.outputs, old.outputs)
        if not (same_outputs and equal(new.inputs, old.inputs)):
            new.modified = now()
        if old.external:
            step.result = Op.SAME if same_outputs else Op.UPDATE
            return
        new.ignore_changes = list(old.ignore_changes)
        difference = self._answers.of(compared(new, old, old.inputs)).inverted()
        step.changed_keys, step.detailed = difference.changed_keys, difference.detailed
        step.result = Op.SAME if difference.changes is Changes.NONE else Op.UPDATE

    def import_(self, step: Step) -> None:
        """Take a resource that is there into the state."""
        new = step.resource
        client = self._registry.client(new.provider) if new.custom else None
        if client is not None:
            answer = client.read(new, new.import_id, None, {})
            if not answer.id:
                raise StepFailed(f"resource '{new.import_id}' does not exist")
            if answer.inputs is None:
                raise StepFailed(
                    f"provider does not support importing resources; please try updating the '{client.package}' plugin"
                )
            left_behind(new, answer)
            new.id, new.inputs, new.outputs = answer.id, answer.inputs, answer.outputs
        new.created = new.modified = now()
        step.old = new.copy()
        if step.planned and client is not None:
            self._check_imported(step, new)
        elif step.original is not None:
            step.original.delete = True

    def _check_imported(self, step: Step, new: Resource) -> None:
        """Say, as a warning, if the provider wouldn't accept the inputs it has itself returned."""
        new.import_id = ""
        checked = self._registry.client(new.provider).check(new, new.inputs, new.inputs, step.seed)
        if checked.failures:
            package = self._registry.client(new.provider).package
            self._listener.show(
                Message(
                    "warning",
                    "One or more imported inputs failed to validate. This is almost certainly a bug in the "
                    f"`{package}` provider. The import will still proceed, but you will need to edit the generated "
                    "code after copying it into your program.",
                    new.urn,
                )
            )
        for complaint in complaints(new, checked):
            self._listener.show(Message("warning", complaint, new.urn))
