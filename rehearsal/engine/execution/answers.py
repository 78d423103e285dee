"""Answers to what a plan has to know, from the providers."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, TypeVar

from rehearsal.engine.execution.events import Listener, Message
from rehearsal.engine.execution.policies import Policies
from rehearsal.engine.execution.registry import Registry
from rehearsal.engine.plan.difference import Checked, Difference
from rehearsal.engine.plan.questions import Analyse, Carry, Check, Diff, ProviderDiff, Question, Tell
from rehearsal.engine.protocol.replies import DiffUnavailable

Planned = TypeVar("Planned")


class Answers:
    """Asks the providers, and the policy packs if there are any, on behalf of the planner."""

    def __init__(self, registry: Registry, listener: Listener, policies: Policies | None = None) -> None:
        self._registry, self._listener, self._policies = registry, listener, policies

    def of(self, planning: Generator[Question, Any, Planned]) -> Planned:
        """Answer a plan's questions until it is made."""
        try:
            question = next(planning)
            while True:
                question = planning.send(self.to(question))
        except StopIteration as end:
            made: Planned = end.value
            return made

    def to(self, question: Question) -> Checked | Difference | bool | None:
        """The answer to one question.

        Raises ProviderError when a provider can't say, and PlanError when a policy pack can't.
        """
        match question:
            case Check():
                return self._check(question)
            case Diff():
                return self._diff(question)
            case ProviderDiff():
                return self._registry.can_take_over(question.old, question.new)
            case Analyse():
                return self._policies is None or self._policies.allow(question)
            case Tell():
                self._listener.show(Message(question.severity, question.message, question.urn))
                return None
            case Carry():
                raise ValueError("steps are carried out by the workers")

    def _check(self, question: Check) -> Checked:
        resource = question.resource
        if resource.is_provider:
            return self._registry.check(resource, question.olds, question.news)
        client = self._registry.client(resource.provider)
        return client.check(resource, question.olds, question.news, question.seed)

    def _diff(self, question: Diff) -> Difference | None:
        resource = question.resource
        if resource.is_provider:
            return self._registry.diff(question.old, resource.urn, question.news)
        try:
            return self._registry.client(resource.provider).diff(
                question.old, resource, question.news, question.ignored
            )
        except DiffUnavailable as unavailable:
            self._listener.show(Message("warning", str(unavailable), resource.urn))
            return None
