"""The policy packs of a run: they are asked about every resource before it is touched, and about the stack at the end.

After pulumi/pulumi, pkg/engine/update.go (`loadPolicyPlugins`) and pkg/resource/deploy/step_generator.go (`analyzeAll`,
`AnalyzeResources`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from types import TracebackType

from rehearsal.engine import policy_configuration
from rehearsal.engine.errors import ConfigurationError, EngineError, NotSupported
from rehearsal.engine.execution.events import Listener, PacksLoaded, Violated
from rehearsal.engine.plan.questions import Analyse, PlanError
from rehearsal.engine.policy_pack import Level, LoadedPack, PolicyPack, Violation
from rehearsal.engine.protocol.analyzer import AnalyzerClient
from rehearsal.engine.protocol.host import Run
from rehearsal.engine.resource import Resource


class Policies:
    """The packs of one run, which are open while it runs. No packs, no violations."""

    def __init__(self, packs: Sequence[PolicyPack], listener: Listener) -> None:
        self._packs, self._listener = packs, listener
        self._open = ExitStack()
        self._loaded: list[tuple[LoadedPack, AnalyzerClient]] = []

    def __enter__(self) -> Policies:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def load(self, run: Run) -> None:
        """Start and configure every pack.

        Raises ConfigurationError for a configuration that a pack doesn't take, and NotSupported for a pack that would
        change resources.
        """
        faults = [fault for pack in self._packs for fault in self._load(pack, run)]
        if faults:
            raise ConfigurationError("\n".join(sorted(faults)))
        if self._loaded:
            self._listener.show(PacksLoaded(tuple(loaded for loaded, _ in self._loaded)))

    def _load(self, pack: PolicyPack, run: Run) -> list[str]:
        """Returns what is wrong with the pack's configuration."""
        try:
            client = AnalyzerClient(self._open.enter_context(pack.start()))
            self._open.callback(client.close)
            client.configure_stack(run)
            information = client.information()
            loaded = LoadedPack(information.name, pack.version or information.version, pack.path)
            if not information.takes_configuration and pack.config:
                raise ConfigurationError(f'policy pack "{loaded.name}" at "{pack.path}" does not support config')
            of_user = policy_configuration.read(pack.config) if pack.config else {}
            settings, faults = policy_configuration.reconciled(information.policies, information.initial, of_user)
            remedies = [name for name, each in settings.items() if each.level is Level.REMEDIATE]
            if remedies:
                listed = ", ".join(sorted(remedies))
                raise NotSupported(f"policies that change resources are not supported: {listed} of {loaded.name}")
            if information.takes_configuration and not faults:
                client.configure(settings)
        except PlanError as fault:
            raise EngineError(f'policy pack "{pack.path}" failed to start: {fault}') from fault
        self._loaded.append((loaded, client))
        return [f"validating policy config: {loaded.name} {loaded.version}  {fault}" for fault in faults]

    def allow(self, question: Analyse) -> bool:
        """Whether no mandatory policy is against a resource; every violation is told."""
        found = [
            self._told(loaded, violation)
            for loaded, client in self._loaded
            for violation in client.analyse(question.resource, question.goal, question.provider)
        ]
        return not any(violation.is_mandatory for violation in found)

    def allow_stack(self, resources: Iterable[Resource], providers: Mapping[str, Resource], root: str) -> bool:
        """Whether no mandatory policy is against the stack as a whole; every violation is told."""
        everything = list(resources)
        found = [
            self._told(loaded, violation)
            for loaded, client in self._loaded
            for violation in client.analyse_stack(everything, providers, root)
        ]
        return not any(violation.is_mandatory for violation in found)

    def _told(self, loaded: LoadedPack, violation: Violation) -> Violation:
        level = Level.MANDATORY if violation.is_mandatory else violation.level
        violation = replace(violation, version=loaded.version, level=level)
        self._listener.show(Violated(violation))
        return violation
