"""A stack of a toy program, for tests: write the program, run operations, look at what happened."""

from __future__ import annotations

import io
import json
import os
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from rehearsal.engine import operations
from rehearsal.engine.display import display
from rehearsal.engine.execution.events import Event, Listener, Message, StepEnded, is_internal
from rehearsal.engine.options import Options
from rehearsal.engine.plan.steps import Op
from rehearsal.engine.result import Result
from rehearsal.engine.workspace import ProviderSource, Workspace

PRELUDE = """
import pulumi
from pulumi import Output, ResourceOptions, export

class Thing(pulumi.CustomResource):
    address: Output[str]
    def __init__(self, name, opts=None, **properties):
        super().__init__("toy:index:Thing", name, {**properties, "address": None}, opts)

class Group(pulumi.ComponentResource):
    def __init__(self, name, opts=None):
        super().__init__("toy:index:Group", name, None, opts)

class Provider(pulumi.ProviderResource):
    def __init__(self, name, opts=None, **properties):
        super().__init__("toy", name, properties, opts)
"""
"""What every toy program begins with."""


@dataclass
class Recorder:
    """A display that also keeps every event."""

    shown: Sequence[Listener]
    events: list[Event] = field(default_factory=list)

    def show(self, event: Event) -> None:
        self.events.append(event)
        for listener in self.shown:
            listener.show(event)


@dataclass
class Run:
    """One operation: its result, its events and what the plain display made of them."""

    result: Result
    events: list[Event]
    text: str

    def did(self) -> list[str]:
        """The steps that succeeded, as `create name`, without sames and the engine's own."""
        ended = [e for e in self.events if isinstance(e, StepEnded) and e.succeeded and not is_internal(e.step)]
        return [f"{e.op} {e.step.resource.name}" for e in ended if e.op is not Op.SAME]

    def said(self, severity: str = "error") -> list[str]:
        """The messages of a severity."""
        return [e.text for e in self.events if isinstance(e, Message) and e.severity == severity]


@dataclass
class Stack:
    """A project in a folder, and its backend beside it."""

    folder: Path
    providers: Mapping[str, ProviderSource]
    name: str = "dev"
    passphrase: str = ""

    def __post_init__(self) -> None:
        self.project.mkdir(parents=True, exist_ok=True)
        (self.project / "Pulumi.yaml").write_text("name: toys\nruntime: python\n", encoding="utf-8")

    @property
    def project(self) -> Path:
        return self.folder / "project"

    @property
    def backend(self) -> Path:
        return self.folder / "backend"

    @property
    def state_file(self) -> Path:
        return self.backend / ".pulumi" / "stacks" / "toys" / f"{self.name}.json"

    @property
    def workspace(self) -> Workspace:
        return Workspace(
            self.project, self.backend, self.passphrase, providers=self.providers, environment=dict(os.environ)
        )

    def program(self, source: str) -> None:
        """Write `__main__.py`: the prelude and `source`."""
        (self.project / "__main__.py").write_text(PRELUDE + textwrap.dedent(source), encoding="utf-8")

    def run(
        self, operation: str, options: Options | None = None, *, also: Sequence[Listener] = (), **changed: Any
    ) -> Run:
        """Run an operation with options; any of them can be given by name. `also` see every event."""
        stream = io.StringIO()
        recorder = Recorder([display(stream), *also])
        options = replace(options or Options(parallel=8), **changed)
        result = getattr(operations, operation)(self.workspace, self.name, options, recorder)
        return Run(result, recorder.events, stream.getvalue())

    def up(self, source: str | None = None, **options: Any) -> Run:
        """Run `up`, after writing a new program if there is one."""
        if source is not None:
            self.program(source)
        return self.run("up", **options)

    def preview(self, source: str | None = None, **options: Any) -> Run:
        """Run `preview`, after writing a new program if there is one."""
        if source is not None:
            self.program(source)
        return self.run("preview", **options)

    def destroy(self, **options: Any) -> Run:
        return self.run("destroy", **options)

    def state(self) -> dict[str, Any]:
        """The deployment in the state file."""
        latest: dict[str, Any] = json.loads(self.state_file.read_text(encoding="utf-8"))["checkpoint"]["latest"]
        return latest

    def recorded(self) -> dict[str, dict[str, Any]]:
        """The resources in the state file by name, but the stack and default providers."""
        return {
            resource["urn"].rsplit("::", 1)[1]: resource
            for resource in self.state().get("resources", ())
            if resource["type"] not in ("pulumi:pulumi:Stack", "pulumi:providers:toy")
        }
