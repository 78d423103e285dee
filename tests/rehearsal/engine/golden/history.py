"""The golden program's life with the embedded engine, our azuread provider and the stand-in for Entra ID.

What the real engine and the real provider did is in `runs`, recorded with Pulumi 3.260.0 and azuread 6.11.1.
"""

from __future__ import annotations

import http
import http.client
import io
import json
import os
import shutil
import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from rehearsal.azure.server import Endpoint, running
from rehearsal.azure.server import Options as StandIn
from rehearsal.engine import operations, stacks
from rehearsal.engine.display import display
from rehearsal.engine.options import Options
from rehearsal.engine.result import Result
from rehearsal.engine.workspace import Workspace
from rehearsal.providers.serving import serving

HERE = Path(__file__).parent


@dataclass
class Golden:
    """The stack, at the step of its program that was last set. `said` is what the last operation printed."""

    workspace: Workspace
    endpoint: Endpoint
    step: int = 0
    said: str = ""

    def reach(self, step: int) -> None:
        """Have the program be the one of a step, once those before it have been carried out."""
        for earlier in range(self.step + 1, step):
            self.set(earlier)
            if earlier == 5:
                self.delete_grant("own-grant")
                self.run("refresh")
            self.run("up")
        self.set(step)

    def set(self, step: int) -> None:
        """Have the program be the one of a step."""
        text = (HERE / "program" / "Pulumi.dev.yaml").read_text(encoding="utf-8")
        (self.workspace.project / "Pulumi.dev.yaml").write_text(text.replace('"5"', f'"{step}"'), encoding="utf-8")
        self.step = step

    def run(self, operation: str, *, json: bool = False, diff: bool = False, **options: Any) -> Result:
        """Run an operation, and keep what it says."""
        stream = io.StringIO()
        shown = display(stream, json=json, diff=diff)
        result: Result = getattr(operations, operation)(self.workspace, "dev", Options(**options), shown)
        self.said = stream.getvalue()
        return result

    def preview_json(self) -> dict[str, Any]:
        """What `preview --json` says."""
        self.run("preview", json=True)
        found: dict[str, Any] = json.loads(self.said)
        return found

    def checkpoint(self) -> dict[str, Any]:
        """The stack as it is exported."""
        return stacks.export(self.workspace, "dev")

    def take_over(self, deployment: dict[str, Any]) -> None:
        """Make another engine's deployment the stack's state, as the file that engine would have written."""
        path = self.workspace.backend / ".pulumi" / "stacks" / "golden" / "dev.json"
        checkpoint = {"stack": "organization/golden/dev", "latest": deployment}
        path.write_text(json.dumps({"version": 3, "checkpoint": checkpoint}), encoding="utf-8")

    def living(self) -> list[str]:
        """The names of what the stack has in the directory."""
        connection = http.client.HTTPConnection(urlsplit(self.endpoint.http_url).netloc)
        with closing(connection):
            headers = {"Authorization": f"Bearer {self.endpoint.control_key}"}
            connection.request("GET", "/_rehearsal/contents", headers=headers)
            contents: dict[str, list[dict[str, Any]]] = json.loads(connection.getresponse().read())
        return [entry["name"] for kind in contents if not kind.startswith("deleted") for entry in contents[kind]]

    def delete_grant(self, name: str) -> None:
        """Take a grant away behind Pulumi's back, through Graph."""
        resources = self.checkpoint()["deployment"]["resources"]
        grant = next(resource["id"] for resource in resources if resource["urn"].endswith(f"::{name}"))
        form = {
            "grant_type": "client_credentials",
            "client_id": self.endpoint.client_id,
            "client_secret": self.endpoint.client_secret,
            "scope": "https://graph.microsoft.com/.default",
        }
        connection = http.client.HTTPSConnection(
            urlsplit(self.endpoint.https_url).netloc,
            context=ssl.create_default_context(cafile=str(self.endpoint.ca_file)),
        )
        with closing(connection):
            url = f"/{self.endpoint.tenant_id}/oauth2/v2.0/token"
            connection.request("POST", url, urlencode(form), {"Content-Type": "application/x-www-form-urlencoded"})
            token = json.loads(connection.getresponse().read())["access_token"]
            connection.request("DELETE", f"/v1.0{grant}", headers={"Authorization": f"Bearer {token}"})
            assert connection.getresponse().status == http.HTTPStatus.NO_CONTENT


@contextmanager
def golden(folder: Path) -> Iterator[Golden]:
    """The golden stack in a folder, before its first step."""
    shutil.copytree(HERE / "program", folder / "program")
    with running(StandIn(state=folder / "azure", durable=False)) as endpoint:
        environment = {**os.environ, **endpoint.environment()}
        workspace = Workspace(
            folder / "program",
            folder / "backend",
            "",
            providers={"azuread": partial(serving, "azuread", environment)},
            environment=environment,
        )
        yield Golden(workspace, endpoint)
