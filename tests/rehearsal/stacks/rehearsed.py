"""A stack of this repository's own program, deployed to a stand-in by the embedded engine."""

from __future__ import annotations

import io
import json
import re
import shutil
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
import jwt
import yaml

from rehearsal.azure.server import Endpoint, Options, running
from rehearsal.dynamic_provider import PACKAGE as DYNAMIC
from rehearsal.engine import operations, stacks
from rehearsal.engine.display import Display, display
from rehearsal.engine.execution.events import Event
from rehearsal.engine.options import Options as Flags
from rehearsal.engine.policy_pack import PolicyPack
from rehearsal.engine.result import Result
from rehearsal.folder import RehearsalFolder
from rehearsal.workspace import fit_out
from tests.rehearsal.time_lapse import TimeLapse

ROOT = Path(__file__).parents[3]
_CHANGE = re.compile(r" (?P<sign>[~+-]{1,2}) +(?P<type>\S+:\S+:\S+) (?P<rest>.+)")


@dataclass(frozen=True)
class Run:
    """One operation: what came of it, and what a person saw of it."""

    result: Result
    text: str
    digest: dict[str, Any] = field(default_factory=dict)
    """The document of `pulumi preview --json`; there is none of anything else."""

    @property
    def changes(self) -> list[str]:
        """The rows of a preview for what has a provider and changes."""
        return changes_in(self.text)


def changes_in(shown: str) -> list[str]:
    """Rows as printed, by either engine, but for their columns; sorted, and without components and stacks."""
    rows = [_CHANGE.fullmatch(line.rstrip()) for line in shown.splitlines()]
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
        self.config_file = folder.root / f"Pulumi.{stack}.yaml"
        self.program = folder.root / "program"
        _copy_program(self.program)
        self._workspace = fit_out(folder, self.program, endpoint, config_file=self.config_file)
        self.client = httpx.Client(
            base_url=endpoint.https_url,
            headers={"Authorization": f"Bearer {endpoint.control_key}"},
            verify=ssl.create_default_context(cafile=endpoint.ca_file),
            trust_env=False,
        )
        self.configure()

    @contextmanager
    def waiting_by(self, lapse: TimeLapse) -> Iterator[None]:
        """Let the plugin for dynamic resources wait by that clock too; it is there before the engine needs it."""
        environment, folder = self._workspace.environment, self.config_file.parent / "plugin"
        with lapse.plugin(self.program, environment, self.endpoint, folder) as address:
            self._workspace = replace(self._workspace, providers={**self._workspace.providers, DYNAMIC: address})
            yield

    def configure(self, **changes: Any) -> None:
        """Write the configuration of the repository with other values for these `keyless:` keys; None removes one."""
        config = {**self._original, **{f"keyless:{key}": value for key, value in changes.items()}}
        kept = {key: value for key, value in config.items() if value is not None}
        self.config_file.write_text(yaml.safe_dump({"config": kept}), encoding="utf-8")

    def configured(self, key: str) -> Any:
        """What the repository configures."""
        return self._original[f"keyless:{key}"]

    def preview(self, *, replace: Sequence[str] = (), policy_packs: Sequence[PolicyPack] = ()) -> Run:
        """What `up` would do."""
        return self._run(operations.preview, replace, policy_packs=policy_packs)

    def up(self, *, replace: Sequence[str] = (), excludes: Sequence[str] = ()) -> Run:
        """Deploy."""
        return self._run(operations.up, replace, excludes)

    def refresh(self) -> Run:
        """Remember what is really there."""
        return self._run(operations.refresh, ())

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

    def deployer_token(self, scope: str) -> str:
        """What the deployer asks Azure with."""
        form = {
            "grant_type": "client_credentials",
            "client_id": self.endpoint.client_id,
            "client_secret": self.endpoint.client_secret,
            "scope": scope,
        }
        answer = self.client.post(f"/{self.endpoint.tenant_id}/oauth2/v2.0/token", data=form)
        return str(answer.raise_for_status().json()["access_token"])

    def token(self, site: str, resource: str) -> dict[str, Any] | None:
        """What a token says that the code of a site gets from its platform for an API; None when it gets none."""
        environment = self.client.get(f"/_rehearsal/sites/{site}/environment").raise_for_status().json()
        answer = httpx.get(
            environment["IDENTITY_ENDPOINT"],
            params={"resource": resource, "api-version": "2019-08-01"},
            headers={"X-IDENTITY-HEADER": environment["IDENTITY_HEADER"]},
            trust_env=False,
        )
        if answer.status_code == httpx.codes.BAD_REQUEST:
            return None
        token = answer.raise_for_status().json()["access_token"]
        claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
        return claims

    def requests(self) -> list[dict[str, Any]]:
        """What Azure was asked, but for its control routes, in that order."""
        log: list[dict[str, Any]] = self.client.get("/_rehearsal/requests").raise_for_status().json()["requests"]
        return [entry for entry in log if not entry["path"].startswith("/_rehearsal/")]

    def wait(self, *, days: int) -> None:
        """Let days go by."""
        self.client.post("/_rehearsal/clock", json={"advance": days * 86_400}).raise_for_status()

    def written(self) -> dict[Path, bytes]:
        """The files that the engine and the providers have written: states, histories, logs."""
        folder = self.config_file.parent
        found = [path for path in folder.rglob("*") if path.is_file() and path.parent != folder / "azure"]
        return {path: path.read_bytes() for path in found if self.program not in path.parents}

    def fault(self, route: str, **properties: Any) -> None:
        """Let something go wrong on a route from now on."""
        self.client.post("/_rehearsal/faults", json={"route": route, **properties}).raise_for_status()

    def _run(
        self,
        operation: Callable[..., Result],
        replace: Sequence[str],
        excludes: Sequence[str] = (),
        policy_packs: Sequence[PolicyPack] = (),
    ) -> Run:
        shown, written = io.StringIO(), io.StringIO()
        flags = Flags(replace=replace, excludes=excludes, policy_packs=policy_packs)
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
def rehearsed(root: Path, stack: str, lapse: TimeLapse | None = None, **weather: Any) -> Iterator[Rehearsed]:
    """A stack that is not deployed yet, on a stand-in of its own with that weather; everybody waits by `lapse`."""
    folder = RehearsalFolder.at(root)
    with running(Options(state=folder.azure, durable=False, **weather)) as endpoint, ExitStack() as cleanup:
        found = Rehearsed(folder, endpoint, stack)
        cleanup.callback(found.client.close)
        if lapse:
            cleanup.enter_context(found.waiting_by(lapse))
        yield found
