"""Where state lies: the layout of Pulumi's DIY backend in a folder (`file://`), version 1 with project-scoped stacks.

`.pulumi/meta.yaml`, `.pulumi/stacks/<project>/<stack>.json` (and `.json.bak`, the state before the last write),
`.pulumi/history/…`, `.pulumi/backups/…`, `.pulumi/locks/…` (pulumi/pulumi, pkg/backend/diy/state.go and store.go).
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import yaml

from rehearsal.engine.errors import BrokenState, EngineError
from rehearsal.engine.state import checkpoint as checkpoints
from rehearsal.engine.state import files, integrity, lock
from rehearsal.engine.state.checkpoint import Checkpoint
from rehearsal.engine.state.passphrase import Secrets
from rehearsal.engine.state.serialised import Unreadable

_NAME = re.compile(r"[A-Za-z0-9_.-]{1,100}")


class StackState:
    """The files of one stack."""

    def __init__(self, root: Path, project: str, stack: str) -> None:
        """`root` is the folder that has, or will have, `.pulumi` in it.

        Raises EngineError for a name Pulumi does not allow, BrokenState for a backend of another layout.
        """
        if not _NAME.fullmatch(stack):
            raise EngineError(
                f"{stack!r} is no stack name: it may only have letters, digits, hyphens, underscores and periods, "
                "and at most 100 of them."
            )
        self.project, self.stack = project, stack
        self._home = root / ".pulumi"
        self.path = self._home / "stacks" / project / f"{stack}.json"
        self._history = self._home / "history" / project / stack
        self._backups = self._home / "backups" / project / stack
        self._locks = self._home / "locks" / "organization" / project / stack
        self._check_layout()

    @property
    def exists(self) -> bool:
        """Whether the stack was ever written."""
        return self.path.exists()

    def locked(self) -> AbstractContextManager[None]:
        """Hold the stack; see `lock.held`."""
        return lock.held(self._locks, self.stack)

    def read(self, unlocked: Callable[[str], Secrets]) -> tuple[Checkpoint, Secrets | None]:
        """The last checkpoint and its secrets; an empty one when there is none.

        Raises BrokenState, naming the file, when it can't be used; the file is left as it is.
        """
        if not self.path.exists():
            for packed in (".gz", ".zst"):
                if self.path.with_name(self.path.name + packed).exists():
                    raise BrokenState(
                        f"{self.path}{packed} is compressed, and this engine reads plain files only. Unpack it to "
                        f"{self.path.name}, or write it anew with PULUMI_DIY_BACKEND_COMPRESSION unset."
                    )
            return Checkpoint(), None
        try:
            document = json.loads(self.path.read_bytes())
            if not isinstance(document, dict) or not isinstance(document.get("checkpoint"), dict):
                raise Unreadable("it is no checkpoint")
            checkpoints.supported(document)
            checkpoint, secrets = checkpoints.read(document["checkpoint"].get("latest"), unlocked)
            faults = list(integrity.faults(checkpoint.resources))
            if faults:
                raise Unreadable("snapshot integrity failure:\n  " + "\n  ".join(faults))
        except (ValueError, KeyError, TypeError, AttributeError, OSError) as fault:
            raise BrokenState(
                f"The state of stack {self.stack!r} in {self.path} can't be used: {_said(fault)}\n"
                f"It was left as it is. The state before the last write is in {self.path.name}.bak beside it, older "
                f"ones are in {self._backups}: copy one over it, or import an export."
            ) from fault
        return checkpoint, secrets

    def write(self, checkpoint: Checkpoint, secrets: Secrets) -> None:
        """Make a checkpoint the last one; what was there is kept as `.json.bak`."""
        self._write_layout()
        if self.path.exists():
            files.write(self.path.with_name(f"{self.path.name}.bak"), self.path.read_bytes())
        latest = checkpoints.written(checkpoint, secrets)
        content = {"stack": f"organization/{self.project}/{self.stack}", "latest": latest}
        document = checkpoints.versioned(content, "checkpoint", checkpoints.features(checkpoint))
        files.write(self.path, _compact(document))

    def record(self, update: dict[str, Any]) -> None:
        """Add a finished update to the history, with a copy of the checkpoint there and among the backups."""
        moment = time.time_ns()
        files.write(self._history / f"{self.stack}-{moment}.history.json", _compact(update))
        if self.path.exists():
            content = self.path.read_bytes()
            files.write(self._history / f"{self.stack}-{moment}.checkpoint.json", content)
            files.write(self._backups / f"{self.stack}.{moment}.json", content)

    def history(self) -> Iterator[dict[str, Any]]:
        """The finished updates, the last one first."""
        for path in sorted(self._history.glob("*.history.json"), reverse=True):
            yield json.loads(path.read_bytes())

    def remove(self) -> None:
        """Forget the stack: its state and its history. The last state stays as `.json.bak`, as with Pulumi."""
        if self.path.exists():
            files.write(self.path.with_name(f"{self.path.name}.bak"), self.path.read_bytes())
            files.remove(self.path)
        for path in list(self._history.glob("*")):
            files.remove(path)

    def _check_layout(self) -> None:
        path = self._home / "meta.yaml"
        if not path.exists():
            return
        try:
            version = yaml.safe_load(path.read_text(encoding="utf-8"))["version"]
        except (yaml.YAMLError, TypeError, KeyError, OSError) as fault:
            raise BrokenState(f"{path} can't be read: expected `version: 1`, as Pulumi writes it.") from fault
        if version != 1:
            raise BrokenState(f"{path} says version {version!r}; this engine knows version 1 of the layout only.")

    def _write_layout(self) -> None:
        path = self._home / "meta.yaml"
        if not path.exists():
            files.write(path, b"version: 1\n")


def _said(fault: Exception) -> str:
    if isinstance(fault, json.JSONDecodeError):
        return f"it is no JSON ({fault})"
    return f"{fault.args[0]!r} is missing" if isinstance(fault, KeyError) else str(fault)


def _compact(document: Any) -> bytes:
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()
