"""What the story plays on: the stack, the tenant, and the two programs that meet in the call."""

from __future__ import annotations

import base64
import io
import os
import shutil
import ssl
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import yaml

from rehearsal import workload
from rehearsal.azure.server import Endpoint
from rehearsal.demo.telling import Disagreement
from rehearsal.engine import operations
from rehearsal.engine.execution.events import Listener
from rehearsal.engine.options import Options
from rehearsal.engine.plan.steps import Op
from rehearsal.engine.result import Result
from rehearsal.engine.workspace import Workspace
from rehearsal.folder import RehearsalFolder
from rehearsal.workspace import fit_out

STACK = "dev"


@dataclass(frozen=True)
class Stage:
    """One stack on one stand-in, with a configuration file of the story's own.

    `project` is the folder of the Pulumi program, `config` a copy of its `Pulumi.dev.yaml` which the story edits as a
    person would.
    """

    folder: RehearsalFolder
    project: Path
    endpoint: Endpoint
    config: Path
    workspace: Workspace
    display: Listener

    @classmethod
    def set(cls, folder: RehearsalFolder, project: Path, endpoint: Endpoint, display: Listener) -> Stage:
        """A stage with a fresh copy of the program's configuration; `display` is told what the engine does."""
        config = folder.root / f"Pulumi.{STACK}.yaml"
        shutil.copy(project / config.name, config)
        return cls(folder, project, endpoint, config, fit_out(folder, project, endpoint, config_file=config), display)

    def preview(self) -> Result:
        """What `up` would do. Raises Disagreement when it can't be said."""
        return self._succeeded("preview", operations.preview(self.workspace, STACK, Options(), self.display))

    def up(self, *, replace: Sequence[str] = ()) -> Result:
        """Make the stack what the program says. Raises Disagreement when a step fails."""
        return self._succeeded("up", operations.up(self.workspace, STACK, Options(replace=replace), self.display))

    def destroy(self) -> Result:
        """Delete all of the stack. Raises Disagreement when a step fails."""
        return self._succeeded("destroy", operations.destroy(self.workspace, STACK, Options(), self.display))

    def _succeeded(self, operation: str, result: Result) -> Result:
        if not result.succeeded:
            raise Disagreement(f"{operation} failed; the reason is above.")
        return result

    def urn(self, name: str) -> str:
        """The URN of the resource with that name. Raises KeyError when the stack has none."""
        return next(step.resource.urn for step in self.preview().steps if step.resource.urn.endswith(f"::{name}"))

    @staticmethod
    def changed(result: Result) -> list[str]:
        """Each resource with a provider that changes, as `operation name`."""
        return sorted(
            f"{step.op} {step.resource.urn.rpartition('::')[2]}"
            for step in result.steps
            if step.op is not Op.SAME and step.resource.custom
        )

    def edit_grants(self, grants: Sequence[Mapping[str, Any]]) -> None:
        """Write other `keyless:grants` into the stack's configuration."""
        self._edit("keyless:grants", [dict(grant) for grant in grants])

    def edit_app_settings(self, settings: Mapping[str, str]) -> None:
        """Write other `keyless:appSettings` into the stack's configuration."""
        self._edit("keyless:appSettings", dict(settings))

    def configured(self, key: str) -> Any:
        """What the stack's configuration says now."""
        return yaml.safe_load(self.config.read_text(encoding="utf-8"))["config"][key]

    def _edit(self, key: str, value: object) -> None:
        document = yaml.safe_load(self.config.read_text(encoding="utf-8"))
        document["config"][key] = value
        self.config.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")

    def contents(self) -> dict[str, list[dict[str, str]]]:
        """What is in the tenant and the subscription that was not there from the start."""
        contents: dict[str, list[dict[str, str]]] = self._control("contents")
        return contents

    def _control(self, path: str) -> Any:
        answer = httpx.get(
            f"{self.endpoint.https_url}/_rehearsal/{path}",
            headers={"Authorization": f"Bearer {self.endpoint.control_key}"},
            verify=ssl.create_default_context(cafile=self.endpoint.ca_file),
            trust_env=False,
        )
        answer.raise_for_status()
        return answer.json()

    @contextmanager
    def api(self, outputs: Mapping[str, Any]) -> Iterator[str]:
        """Run the API of `workload/api` as the stack's outputs describe it; yields its address."""
        environment = {**self._machine(), "AZURE_AUTHORITY_HOST": self.endpoint.https_url}
        log = self.folder.root / "api.log"
        with workload.api(outputs, environment=environment, project=self.project, log=log) as address:
            yield address

    @contextmanager
    def function(self, site: str) -> Iterator[str]:
        """Run what is deployed to `site` as App Service would run it; yields its address.

        All it gets are the package from the site's container, the app settings that ARM holds for the site, and the
        variables of the identity endpoint.
        """
        environment: dict[str, str] = self._control(f"sites/{site}/environment")
        code = self.folder.root / "deployed" / site
        shutil.rmtree(code, ignore_errors=True)
        package = base64.b64decode(self._control(f"sites/{site}/package")["content"])
        with zipfile.ZipFile(io.BytesIO(package)) as archive:
            archive.extractall(code)
        log = self.folder.root / "function.log"
        with workload.function(
            code, environment={**self._machine(), **environment}, project=self.project, log=log
        ) as address:
            yield address

    def _machine(self) -> dict[str, str]:
        return {"PATH": os.environ.get("PATH", os.defpath), "SSL_CERT_FILE": str(self.endpoint.ca_file)}
