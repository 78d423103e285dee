"""One run per stack: the lock files of Pulumi's DIY backend (pulumi/pulumi, pkg/backend/diy/lock.go).

The CLI lists a stack's lock folder, writes a file of its own and lists again; two runs can both meet the other's file
that way and both give up. So among runs of this engine one at a time looks and writes. The operating system knows which
of their files still has an owner; for files of the CLI the process id has to do.
"""

from __future__ import annotations

import fcntl
import getpass
import json
import os
import socket
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from rehearsal.engine.errors import StackLocked

_OURS = "rehearsal"


@dataclass(frozen=True)
class Owner:
    """Who holds a lock."""

    path: Path
    pid: int
    user: str
    host: str
    since: str
    ours: bool

    @property
    def is_gone(self) -> bool:
        """Whether it was a process of this machine that no longer runs."""
        if self.host != socket.gethostname():
            return False
        return not _is_open(self.path) if self.ours else not _runs(self.pid)


@contextmanager
def held(folder: Path, stack: str) -> Iterator[None]:
    """Hold the lock of a stack for as long as the block runs; `folder` is the stack's lock folder.

    Raises StackLocked, naming the owner, when somebody else holds it. A lock of a process of this machine that has died
    is taken away.
    """
    folder.mkdir(parents=True, exist_ok=True)
    own = folder / f"{uuid.uuid4()}.json"
    with folder.with_name(f".{folder.name}.gate").open("w") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        _refuse_if_taken(folder, stack)
        stream = own.open("w")
        _sign(stream)
    try:
        _refuse_if_taken(folder, stack, own)
        yield
    finally:
        own.unlink(missing_ok=True)
        stream.close()


def owners(folder: Path) -> list[Owner]:
    """Everybody who holds the stack now; locks of the dead are removed."""
    found = []
    for path in sorted(folder.glob("*.json")):
        owner = _read(path)
        if owner is None:
            continue
        if owner.is_gone:
            path.unlink(missing_ok=True)
        else:
            found.append(owner)
    return found


def _refuse_if_taken(folder: Path, stack: str, own: Path | None = None) -> None:
    others = [owner for owner in owners(folder) if owner.path != own]
    if others:
        listed = "".join(f"\n  {o.path}: created by {o.user}@{o.host} (pid {o.pid}) at {o.since}" for o in others)
        raise StackLocked(
            f"the stack {stack!r} is currently locked by {len(others)} lock(s). Either wait for the other process(es) "
            f"to end or, if they are gone, delete the lock file.{listed}"
        )


def _read(path: Path) -> Owner | None:
    """The owner a lock file names; None when it was removed meanwhile."""
    try:
        content: dict[str, Any] = json.loads(path.read_bytes() or b"{}")
    except FileNotFoundError:
        return None
    except ValueError:
        content = {}
    return Owner(
        path,
        int(content.get("pid", 0)),
        str(content.get("username", "somebody")),
        str(content.get("hostname", "an unknown host")),
        str(content.get("timestamp", "an unknown time")),
        content.get("engine") == _OURS,
    )


def _sign(stream: IO[str]) -> None:
    """Say in a lock file who holds it, and hold it where the operating system sees it."""
    fcntl.flock(stream, fcntl.LOCK_EX)
    signature: dict[str, Any] = {
        "pid": os.getpid(),
        "username": getpass.getuser(),
        "hostname": socket.gethostname(),
        "timestamp": datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z"),
        "engine": _OURS,
    }
    stream.write(json.dumps(signature))
    stream.flush()
    os.fsync(stream.fileno())


def _is_open(path: Path) -> bool:
    """Whether the process that signed a lock file of ours still has it."""
    try:
        with path.open() as stream:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False
    return False


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return pid > 0
