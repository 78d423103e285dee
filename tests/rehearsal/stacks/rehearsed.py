"""A stack of this repository's own program, deployed to a stand-in by the embedded engine."""

from __future__ import annotations

import io
import json
import re
import shutil
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import yaml

from rehearsal.azure.server import Endpoint, Options, running
from rehearsal.engine import operations, stacks
from rehearsal.engine.display import Display, display
from rehearsal.engine.execution.events import Event
from rehearsal.engine.options import Options as Flags
from rehearsal.engine.policy_pack import PolicyPack
from rehearsal.engine.result import Result
from rehearsal.folder import RehearsalFolder
from rehearsal.workspace import fit_out

ROOT = Path(__file__).parents[3]
_CHANGE = re.compile(r" (?P<sign>[~+-]{1,2}) +(?P<type>\S+:\S+:\S+) (?P<rest>.+)")


@dataclass(frozen=True)
class Run:
    """One operation: what came of it, and what a person saw of it."""

    result: Result
    text: str
    digest: dict[str, Any]
    """The document of `pulumi preview --json`; there is none of anything else."""

    @property
    def changes(self) -> list[str]:
        """The rows of a preview for what has a provider and changes, each as printed but for its columns; sorted."""
        rows = [_CHANGE.fullmatch(line.rstrip()) for line in self.text.splitlines()]
        return sorted(
            f"{row['sign']} {row['type'].removeprefix('azure-native:')} {row['rest']}"
            for row in rows
            if row and not row["type"].startswith(("keyless:", "pulumi:pulumi:"))
        )


@dataclass(frozen=True)
class _Both:
    """Shows a run in several ways at once."""

    displays: tuple[Display, ...]

    def show(self, event: Event) -> None:
        for each in self.displays:
            each.show(event)


class Rehearsed:
    """One stack with a configuration of its own, which tests edit as a person would."""

    def __init__(self, folder: RehearsalFolder, endpoint: Endpoint, stack: str) -> None:
        self.endpoint, self.stack = endpoint, stack
        self._original = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8"))["config"]
        self._file = folder.root / f"Pulumi.{stack}.yaml"
        self.program = folder.root / "program"
        _copy_program(self.program)
        self._workspace = fit_out(folder, self.program, endpoint, config_file=self._file)
        self.client = httpx.Client(
            base_url=endpoint.https_url,
            headers={"Authorization": f"Bearer {endpoint.control_key}"},
            verify=ssl.create_default_context(cafile=endpoint.ca_file),
            trust_env=False,
        )
        self.configure()

    def configure(self, **changes: Any) -> None:
        """Write the configuration of the repository with other values for these `keyless:` keys; None removes one."""
        config = {**self._original, **{f"keyless:{key}": value for key, value in changes.items()}}
        kept = {key: value for key, value in config.items() if value is not None}
        self._file.write_text(yaml.safe_dump({"config": kept}), encoding="utf-8")

    def configured(self, key: str) -> Any:
        """What the repository configures."""
        return self._original[f"keyless:{key}"]

    def preview(self, *, replace: Sequence[str] = (), policy_packs: Sequence[PolicyPack] = ()) -> Run:
        """What `up` would do."""
        return self._run(operations.preview, replace, policy_packs)

    def up(self, *, replace: Sequence[str] = ()) -> Run:
        """Deploy."""
        return self._run(operations.up, replace)

    def destroy(self) -> Run:
        """Delete everything, after the preview that the CLI begins with; it refuses what is protected."""
        preview = self._run(operations.preview_destroy, ())
        return self._run(operations.destroy, ()) if preview.result.succeeded else preview

    def exported(self) -> dict[str, Any]:
        """The stack's state (`pulumi stack export`)."""
        return stacks.export(self._workspace, self.stack)

    def urn(self, name: str) -> str:
        """The URN of a resource of the stack."""
        steps = self.preview().result.steps
        return next(step.urn for step in steps if step.urn.endswith(f"::{name}"))

    def contents(self) -> dict[str, list[dict[str, Any]]]:
        """What is in Azure that was not there from the start."""
        contents: dict[str, list[dict[str, Any]]] = self.client.get("/_rehearsal/contents").raise_for_status().json()
        return contents

    def _run(
        self, operation: Callable[..., Result], replace: Sequence[str], policy_packs: Sequence[PolicyPack] = ()
    ) -> Run:
        shown, written = io.StringIO(), io.StringIO()
        flags = Flags(replace=replace, policy_packs=policy_packs)
        displays = (display(shown), display(written, json=True))
        result = operation(self._workspace, self.stack, flags, _Both(displays))
        return Run(result, shown.getvalue(), json.loads(written.getvalue() or "{}"))


def _copy_program(target: Path) -> None:
    """The program with its code, where tests may change it."""
    for folder in ("components", "settings", "workload/caller"):
        shutil.copytree(ROOT / folder, target / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("__main__.py", "Pulumi.yaml"):
        shutil.copy(ROOT / file, target)


@contextmanager
def rehearsed(root: Path, stack: str, **weather: Any) -> Iterator[Rehearsed]:
    """A stack that is not deployed yet, on a stand-in of its own with that weather."""
    folder = RehearsalFolder.at(root)
    with running(Options(state=folder.azure, durable=False, **weather)) as endpoint:
        found = Rehearsed(folder, endpoint, stack)
        try:
            yield found
        finally:
            found.client.close()
