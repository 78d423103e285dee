"""One step at a time: the call to the provider that it takes, and what that leaves.

What each step does follows pulumi/pulumi, pkg/resource/deploy/step.go.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from rehearsal.engine.execution.events import Listener
from rehearsal.engine.execution.failures import ProtectedResource, StepFailed, left_behind
from rehearsal.engine.execution.looking import Looking
from rehearsal.engine.execution.registry import Registry
from rehearsal.engine.plan.steps import Op, Step
from rehearsal.engine.protocol.replies import ProviderError
from rehearsal.engine.resource import Resource
from rehearsal.engine.state.checkpoint import now
from rehearsal.engine.values import Properties, Secret


class Operator:
    """Carries out steps of one run, from several threads."""

    def __init__(
        self,
        registry: Registry,
        listener: Listener,
        deletions: Collection[str],
        conceal: Callable[[str], str],
        *,
        preview: bool,
    ) -> None:
        """`deletions` are the URNs that the run deletes, as far as that is known.

        `conceal` takes the secrets out of what a provider says and the state remembers.
        """
        looking = Looking(registry, listener)
        self._registry, self._deletions, self._conceal, self._preview = registry, deletions, conceal, preview
        self._operations: dict[Op, Callable[[Step], None]] = {
            Op.SAME: self._same,
            Op.CREATE: self._create,
            Op.CREATE_REPLACEMENT: self._create,
            Op.UPDATE: self._update,
            Op.DELETE: self._delete,
            Op.DELETE_REPLACED: self._delete,
            Op.DISCARD: self._delete,
            Op.DISCARD_REPLACED: self._delete,
            Op.READ: looking.read,
            Op.READ_REPLACEMENT: looking.read,
            Op.REFRESH: looking.refresh,
            Op.IMPORT: looking.import_,
            Op.IMPORT_REPLACEMENT: looking.import_,
        }

    def carry_out(self, step: Step) -> None:
        """Do what a step says; its states say afterwards what is.

        Raises StepFailed with the provider's own words.
        """
        operation = self._operations.get(step.op)
        if operation is None:
            return
        try:
            operation(step)
        except ProviderError as refused:
            raise StepFailed(str(refused)) from refused
        finally:
            if step.new is not None:
                _keep_secret(step.new)
                step.new.init_errors = list(map(self._conceal, step.new.init_errors))

    def _same(self, step: Step) -> None:
        old, new = _both(step)
        new.id, new.outputs = old.id, old.outputs
        if new.is_provider and not step.skipped_create and not step.untargeted:
            self._registry.same(new, old.inputs)

    def _create(self, step: Step) -> None:
        new = _new(step)
        failed: StepFailed | None = None
        if new.is_provider:
            new.id, new.outputs = self._registry.create(new)
        elif new.custom:
            answer = self._registry.client(new.provider).create(new)
            new.id, new.outputs = answer.id, answer.outputs
            failed = left_behind(new, answer)
        new.created = new.modified = now()
        if step.op is Op.CREATE_REPLACEMENT and step.pending_delete and step.old is not None:
            step.old.delete = True
        if failed is not None:
            raise failed

    def _update(self, step: Step) -> None:
        old, new = _both(step)
        new.id, new.created, new.modified = old.id, old.created, old.modified
        if not new.custom:
            return
        if new.is_provider:
            new.outputs = self._registry.update(new, old.id)
            new.modified = now()
            return
        client = self._registry.client(new.provider)
        answer = client.update(old, new, new.ignore_changes)
        new.outputs, new.modified = answer.outputs, now()
        failed = left_behind(new, answer)
        if failed is not None:
            new.inputs = dict(old.inputs)
            raise failed

    def _delete(self, step: Step) -> None:
        old = step.resource
        replacing = step.op in (Op.DELETE_REPLACED, Op.DISCARD_REPLACED)
        if old.protect and not replacing:
            raise ProtectedResource(old.urn)
        stays = old.external or old.retain_on_delete or old.deleted_with in self._deletions
        if not self._preview and old.custom and not old.is_provider and not stays:
            self._registry.client(old.provider).delete(old)
        if step.pending_replacement:
            old.pending_replacement = True


def _keep_secret(new: Resource) -> None:
    """Mark outputs as secret that the program named, or that were secret inputs."""
    outputs: Properties = dict(new.outputs)
    for key, value in outputs.items():
        wanted = key in new.additional_secret_outputs or isinstance(new.inputs.get(key), Secret)
        if wanted and not isinstance(value, Secret):
            outputs[key] = Secret(value)
    new.outputs = outputs


def _new(step: Step) -> Resource:
    if step.new is None:
        raise ValueError(f"a {step.op} step has a new state")
    return step.new


def _both(step: Step) -> tuple[Resource, Resource]:
    if step.old is None:
        raise ValueError(f"a {step.op} step has an old state")
    return step.old, _new(step)
