"""The state folder of a stand-in: its lock, its certificate authority, its credentials, its store.

The folder is created with mode 0700, files with secrets in them with 0600.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

import trustme

from rehearsal.azure.context import Tenant
from rehearsal.azure.store import BrokenState


class StateLocked(Exception):  # noqa: N818 (the name says what the user meets)
    """Another stand-in uses the state folder; the message names its process id and what to do."""


@dataclass(frozen=True)
class Credentials:
    """Ids and secrets of one stand-in. They stay the same for the life of its state folder."""

    tenant: Tenant
    client_secret: str = field(repr=False)
    control_key: str = field(repr=False)


class StateFolder:
    """One stand-in's folder. Everything in it is made when first asked for and re-used afterwards."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()

    @property
    def ca_file(self) -> Path:
        """The CA certificate that clients trust, PEM."""
        return self.path / "ca.pem"

    @property
    def store_file(self) -> Path:
        """The durable store, an SQLite database."""
        return self.path / "store.sqlite3"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder for this process. Raises `StateLocked` if another process holds it, and `BrokenState` for a
        folder that cannot be made or written to.
        """
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise BrokenState(
                f"The state folder {self.path} cannot be used: {error.strerror}. "
                "Choose a folder that you may write to, or one that does not exist yet."
            ) from error
        with os.fdopen(descriptor, "r+") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                pid = lock.read().strip() or "unknown"
                raise StateLocked(
                    f"Another stand-in (process {pid}) uses the state folder {self.path}. "
                    f"Stop it (kill {pid}) or choose another state folder."
                ) from None
            lock.truncate(0)
            lock.write(str(os.getpid()))
            lock.flush()
            try:
                yield
            finally:
                # The kernel drops the lock with the descriptor; the id of a dead process helps nobody.
                lock.seek(0)
                lock.truncate(0)

    def certificate_authority(self) -> trustme.CA:
        """This folder's own CA. Raises `BrokenState` for files that are none."""
        key_file = self.path / "ca-key.pem"
        if not (self.ca_file.exists() and key_file.exists()):
            authority = trustme.CA(organization_name="Keyless rehearsal, trusted by nobody else")
            _write(key_file, authority.private_key_pem.bytes(), 0o600)
            _write(self.ca_file, authority.cert_pem.bytes(), 0o644)
            return authority
        try:
            return trustme.CA.from_pem(self.ca_file.read_bytes(), key_file.read_bytes())
        except (ValueError, TypeError) as error:
            raise BrokenState(_broken(self.ca_file, f"{error}", f"{self.ca_file} and {key_file}")) from error

    def credentials(self, tenant_id: str | None, domain: str | None) -> Credentials:
        """Ids and secrets: those of this folder, or new ones with the tenant id and domain asked for.

        Raises `BrokenState` for a file that cannot be read or that belongs to another tenant than the one asked for.
        """
        file = self.path / "credentials.json"
        if not file.exists():
            credentials = _new_credentials(tenant_id, domain)
            _write(file, json.dumps(asdict(credentials), indent=2).encode(), 0o600)
            return credentials
        try:
            content = json.loads(file.read_text())
            credentials = Credentials(
                Tenant(**content["tenant"]), str(content["client_secret"]), str(content["control_key"])
            )
        except (ValueError, TypeError, KeyError) as error:
            raise BrokenState(_broken(file, f"{type(error).__name__}: {error}", str(file))) from error
        for asked, kept, what in (
            (tenant_id, credentials.tenant.id, "tenant id"),
            (domain, credentials.tenant.domain, "domain"),
        ):
            if asked not in (None, kept):
                raise BrokenState(_broken(file, f"its {what} is {kept}, not {asked}", str(self.path)))
        return credentials

    def last_ports(self) -> tuple[int, int]:
        """HTTPS and HTTP port of the last run; zeros if unknown."""
        try:
            https_port, http_port = json.loads((self.path / "ports.json").read_text())
            return int(https_port), int(http_port)
        except (OSError, ValueError, TypeError):
            return 0, 0

    def remember_ports(self, https_port: int, http_port: int) -> None:
        """Keep the ports for the next run, so that addresses in shells and state files stay good."""
        _write(self.path / "ports.json", json.dumps([https_port, http_port]).encode(), 0o644)


def _new_credentials(tenant_id: str | None, domain: str | None) -> Credentials:
    name = f"rehearsal{secrets.token_hex(4)}"
    tenant = Tenant(
        id=tenant_id or str(uuid.uuid4()),
        domain=domain or f"{name}.onmicrosoft.com",
        display_name="Rehearsal",
        subscription_id=str(uuid.uuid4()),
        subscription_name="Rehearsal",
        deployer_app_id=str(uuid.uuid4()),
        deployer_application_id=str(uuid.uuid4()),
        deployer_principal_id=str(uuid.uuid4()),
    )
    return Credentials(tenant, client_secret=secrets.token_urlsafe(30), control_key=secrets.token_urlsafe(30))


def _write(file: Path, content: bytes, mode: int) -> None:
    """All or nothing: a process killed half-way leaves no half a file behind."""
    new = file.with_name(f"{file.name}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as handle:
        handle.write(content)
    new.replace(file)


def _broken(file: Path, reason: str, remove: str) -> str:
    return (
        f"{file} cannot be used: {reason}. It was left as it is. "
        f"Move {remove} away to start afresh, or choose another state folder."
    )
