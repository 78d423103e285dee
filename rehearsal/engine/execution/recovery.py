"""What an earlier run began and whose end was never recorded: was it carried out?

Pulumi leaves this question to the user ("Attempting to deploy or update resources with pending operations"). The
providers know: what was created, and is what was asked for, is taken into the state, what was deleted out of it.
"""

from __future__ import annotations

from collections.abc import Sequence

from rehearsal.engine.execution.answers import Answers
from rehearsal.engine.execution.events import Listener, Message
from rehearsal.engine.execution.registry import Registry
from rehearsal.engine.plan import refreshing
from rehearsal.engine.plan.asking import compared
from rehearsal.engine.plan.difference import Changes
from rehearsal.engine.plan.session import Session
from rehearsal.engine.plan.steps import Op, Step
from rehearsal.engine.protocol.replies import ProviderError
from rehearsal.engine.resource import Resource
from rehearsal.engine.state.checkpoint import Operation, now
from rehearsal.engine.state.journal import Journal

_WARNING = """Attempting to deploy or update resources with {count} pending operations from previous deployment.
{operations}These resources are in an unknown state because the Pulumi CLI was interrupted while waiting for changes \
to these resources to complete. You should confirm whether or not the operations listed completed successfully by \
checking the state of the appropriate provider. For example, if you are using AWS, you can confirm using the AWS \
Console.

Once you have confirmed the status of the interrupted operations, you can repair your stack using `pulumi refresh` \
which will refresh the state from the provider you are using and clear the pending operations if there are any.

Note that `pulumi refresh` will need to be run interactively to clear pending CREATE operations."""


class Recovery:
    """Settles what an interrupted run has left open, as far as the providers know."""

    def __init__(self, session: Session, registry: Registry, journal: Journal, listener: Listener) -> None:
        self._session, self._registry, self._journal, self._listener = session, registry, journal, listener
        self._answers = Answers(registry, listener)

    def settle(self, pending: Sequence[Operation], *, clear: bool) -> list[Operation]:
        """Take into the state what was created after all, and out of it what was deleted; what nobody knows about.

        `clear`: creations that nobody knows about are settled, too, by forgetting them.
        """
        settled: list[Operation] = []
        resources = list(self._session.past)
        for operation in pending:
            if operation.type == "creating":
                known = {resource.id for resource in resources if resource.type == operation.resource.type}
                created = self._created(operation.resource, known)
                if created is None and clear:
                    created = []
                after = None if created is None else _with(resources, created)
            elif operation.type == "deleting":
                after = self._without_deleted(operation.resource, resources)
            else:
                after = None
            if after is not None:
                settled.append(operation)
                resources = after
        if settled:
            self._session.rebase(resources)
            self._journal.rebase(resources, settled=settled)
        return [operation for operation in pending if operation not in settled]

    def warn(self, pending: Sequence[Operation]) -> None:
        """Say what is open, and what can be done about it."""
        if pending:
            listed = "".join(f"  * {op.resource.urn}, interrupted while {op.type}\n" for op in pending)
            self._listener.show(Message("warning", _WARNING.format(count=len(pending), operations=listed)))

    def _created(self, wanted: Resource, known: set[str]) -> list[Resource] | None:
        """What a creation has left: one resource or none. None when nobody can say."""
        if not wanted.custom or wanted.is_provider:
            return []
        try:
            client = self._registry.client(wanted.provider)
            ids = client.list(wanted.type, wanted.inputs)
            if ids is None:
                return None
            fitting = [new for id_ in ids if id_ not in known and (new := self._fitting(wanted, id_)) is not None]
        except ProviderError:
            return None
        if len(fitting) > 1:
            return None
        for new in fitting:
            self._listener.show(
                Message("info", f"an interrupted run had created {new.id}: it is now in the state", new.urn)
            )
        return fitting

    def _without_deleted(self, wanted: Resource, resources: Sequence[Resource]) -> list[Resource] | None:
        """The state after a deletion, if that was carried out; None when it wasn't, or nobody can say."""
        there = [r for r in resources if r.urn == wanted.urn and r.id == wanted.id]
        if not wanted.custom or wanted.is_provider or wanted.external or len(there) != 1:
            return None
        try:
            answer = self._registry.client(wanted.provider).read(wanted, wanted.id, wanted.inputs, wanted.outputs)
        except ProviderError:
            return None
        if answer.id:
            return None
        return refreshing.rebuilt(resources, [Step(Op.REFRESH, there[0], None)])

    def _fitting(self, wanted: Resource, id_: str) -> Resource | None:
        """The resource with an id, if it is what was to be created or can be made that by an update.

        A creation that takes a provider several calls may have been cut short between two of them.
        """
        client = self._registry.client(wanted.provider)
        answer = client.read(wanted, id_, wanted.inputs, {})
        if not answer.id or answer.inputs is None:
            return None
        new = wanted.copy()
        new.id, new.inputs, new.outputs, new.init_errors = (
            answer.id,
            answer.inputs,
            answer.outputs,
            list(answer.init_errors),
        )
        difference = self._answers.of(compared(new, new, wanted.inputs))
        if difference.replaces:
            return None
        if difference.changes is Changes.NONE:
            new.inputs = wanted.inputs
        new.created = new.modified = now()
        return new


def _with(resources: Sequence[Resource], found: Sequence[Resource]) -> list[Resource]:
    """The state as it would be, had the end of a creation been recorded: what it replaces is to be deleted.

    The new resource comes before the one it replaces, and so before everything that depends on either.
    """
    kept = list(resources)
    for new in found:
        namesakes = [old for old in kept if old.urn == new.urn]
        kept.insert(kept.index(namesakes[0]) if namesakes else len(kept), new)
        for old in namesakes:
            old.delete = True
            if old.pending_replacement:
                kept.remove(old)
    return kept
