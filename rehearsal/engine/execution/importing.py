"""Taking resources into the state that no program has registered (pulumi/pulumi, pkg/resource/deploy/import.go)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rehearsal.engine import urn as urns
from rehearsal.engine.configuration import Configuration
from rehearsal.engine.execution.answers import Answers
from rehearsal.engine.execution.registry import default_provider_goal
from rehearsal.engine.execution.workers import Workers
from rehearsal.engine.imports import Import
from rehearsal.engine.plan import registration
from rehearsal.engine.plan.questions import PlanError
from rehearsal.engine.plan.session import Session
from rehearsal.engine.plan.steps import Op, Step
from rehearsal.engine.resource import Goal, Resource


class Importing:
    """One import: what is in the state stays, and the resources join it, protected if wanted."""

    def __init__(
        self,
        session: Session,
        answers: Answers,
        workers: Workers,
        configuration: Configuration,
        seed: Callable[[], bytes],
    ) -> None:
        self._session, self._answers, self._workers = session, answers, workers
        self._configuration, self._seed = configuration, seed

    def carry_out(self, imports: Sequence[Import], *, protect: bool) -> None:
        """Import resources, each after its parent; those that are in the state with the same id are left alone.

        Raises PlanError when a URN is taken by another resource, or a parent or provider is missing.
        """
        wanted = [item for item in imports if not self._is_known(item)]
        self._check_parents(wanted)
        for resource in self._session.past:
            if not resource.delete:
                self._one(Step(Op.SAME, resource, resource.copy()))
        stack = self._stack()
        providers = {item.urn: self._provider(item) for item in wanted}
        waiting = {item.urn: item for item in wanted}
        while waiting and not self._workers.failed and not self._workers.halted.is_set():
            ready = [item for item in waiting.values() if item.parent not in waiting]
            for item in ready:
                del waiting[item.urn]
            self._workers.together([self._step(item, stack, providers[item.urn], protect) for item in ready])

    def _is_known(self, item: Import) -> bool:
        old = self._session.olds.get(item.urn)
        if old is not None and (old.import_id or old.id) != item.id:
            raise PlanError(f"resource '{item.urn}' already exists", item.urn)
        return old is not None

    def _check_parents(self, wanted: Sequence[Import]) -> None:
        known = {*self._session.olds, *(item.urn for item in wanted)}
        for item in wanted:
            if item.parent and item.parent not in known:
                raise PlanError(f"unknown parent '{item.parent}' for resource '{item.urn}'", item.urn)

    def _stack(self) -> str:
        """The stack's URN; without a state the stack comes first."""
        known = next((resource.urn for resource in self._session.past if resource.is_root_stack), "")
        if known:
            return known
        goal = Goal(urns.ROOT_STACK_TYPE, f"{self._session.project}-{self._session.stack}", custom=False, properties={})
        return self._registered(goal).urn

    def _provider(self, item: Import) -> str:
        """The reference of the provider of a resource: its own, or the default one, which may have to be created."""
        if item.component:
            return ""
        package = urns.package_of(item.type)
        goal = default_provider_goal(package, item.version, item.url, self._configuration.of_package(package))
        urn = item.provider or self._session.urn("", goal.type, goal.name)
        found = self._session.olds.get(urn) or self._session.news.get(urn)
        if found is None and item.provider:
            raise PlanError(f"the provider '{item.provider}' of '{item.urn}' is not in the state", item.urn)
        if found is None:
            found = self._registered(goal)
            self._session.news[urn] = found
        return urns.reference(found.urn, found.id)

    def _registered(self, goal: Goal) -> Resource:
        (step,) = self._answers.of(registration.plan(self._session, goal, self._seed()))
        self._one(step)
        return step.resource

    def _step(self, item: Import, stack: str, provider: str, protect: bool) -> Step:
        new = Resource(
            urn=item.urn,
            type=item.type,
            custom=not item.component,
            parent=item.parent or stack,
            protect=protect,
            provider=provider,
            import_id=item.id,
        )
        return Step(Op.IMPORT, None, new, planned=True, seed=self._seed())

    def _one(self, step: Step) -> None:
        self._workers.together([step])
