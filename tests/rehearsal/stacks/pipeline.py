"""A repository's pipeline: bootstrapped in a stand-in, and its jobs, which sign in by the tokens that GitHub gives."""

from __future__ import annotations

import io
import shutil
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import yaml

from rehearsal.azure.server import Endpoint, Options, running
from rehearsal.engine import operations, stacks
from rehearsal.engine.display import display
from rehearsal.engine.options import Options as Flags
from rehearsal.engine.result import Result
from rehearsal.engine.workspace import Workspace
from rehearsal.folder import RehearsalFolder
from rehearsal.github.job import ISSUER, Job, Repository
from rehearsal.github.token_service import serving
from rehearsal.subscriptions import provide
from rehearsal.workspace import fit_out
from tests.rehearsal.stacks.rehearsed import Run

ROOT = Path(__file__).parents[3]
BOOTSTRAP = ROOT / "bootstrap"
REPOSITORY = Repository(owner="contoso", name="keyless", owner_id=5544123, id=821093847)
PULL_REQUEST = Job(repository=REPOSITORY, event="pull_request", ref="refs/pull/7/merge")
SCHEDULE = Job(repository=REPOSITORY, event="schedule", ref="refs/heads/main")


def deploying(environment: str, *, immutable: bool = True) -> Job:
    """A job on main that names an environment."""
    of = Repository(owner="contoso", name="keyless", owner_id=5544123, id=821093847, immutable=immutable)
    return Job(repository=of, event="push", ref="refs/heads/main", environment=environment)


@dataclass(frozen=True)
class Pipeline:
    """The stack `ci` of the bootstrap, deployed."""

    folder: RehearsalFolder
    endpoint: Endpoint
    outputs: Mapping[str, Any]
    control: httpx.Client

    def run(
        self,
        job: Job,
        operation: Callable[..., Result],
        stack: str,
        *,
        client: str | None = None,
        subscription: str | None = None,
        **flags: Any,
    ) -> Run:
        """Run an operation on a stack of the main program in a job, with the variables that the job has on GitHub;
        `client` and `subscription` take another environment's.
        """
        with self.signed_in(job, stack, client=client, subscription=subscription) as workspace:
            return _run(workspace, operation, stack, Flags(**flags))

    @contextmanager
    def signed_in(
        self, job: Job, stack: str, *, client: str | None = None, subscription: str | None = None
    ) -> Iterator[Workspace]:
        """The main program's workspace in a job."""
        with serving(job) as tokens:
            self.know(tokens.url)
            variables = self.variables(job, stack)
            started_in = {
                **tokens.environment(),
                "ARM_USE_OIDC": "true",
                "ARM_TENANT_ID": variables["AZURE_TENANT_ID"],
                "ARM_CLIENT_ID": client or variables["AZURE_CLIENT_ID"],
                "ARM_SUBSCRIPTION_ID": subscription or variables["AZURE_SUBSCRIPTION_ID"],
            }
            config = self.folder.root / f"Pulumi.{stack}.yaml"
            yield fit_out(self.folder, ROOT, self.endpoint, config_file=config, started_in=started_in)

    def exchange(self, job: Job, client: str, resource: str) -> httpx.Response:
        """Ask for a token for `resource` with the token that GitHub gives the job."""
        with serving(job) as tokens:
            self.know(tokens.url)
            given = httpx.get(
                f"{tokens.url}/token",
                params={"audience": "api://AzureADTokenExchange"},
                headers={"Authorization": f"Bearer {tokens.request_token}"},
                trust_env=False,
            )
            return self.control.post(
                f"/{self.endpoint.tenant_id}/oauth2/v2.0/token",
                data={
                    "client_id": client,
                    "client_assertion": given.json()["value"],
                    "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                    "grant_type": "client_credentials",
                    "scope": f"{resource}/.default",
                },
            )

    @contextmanager
    def client(self, job: Job, resource: str = "https://management.azure.com") -> Iterator[httpx.Client]:
        """Plain HTTP as the job's identity, for Resource Manager or another resource."""
        given = self.outputs["githubVariables"]
        own = given["environments"][job.environment] if job.environment else given["repository"]
        token = self.exchange(job, own["AZURE_CLIENT_ID"], resource).raise_for_status().json()["access_token"]
        trust = ssl.create_default_context(cafile=self.endpoint.ca_file)
        headers = {"Authorization": f"Bearer {token}"}
        with httpx.Client(base_url=self.endpoint.https_url, headers=headers, verify=trust, trust_env=False) as client:
            yield client

    def subscription(self, environment: str) -> str:
        """The ARM id of an environment's subscription."""
        return f"/subscriptions/{self.outputs['githubVariables']['environments'][environment]['AZURE_SUBSCRIPTION_ID']}"

    @contextmanager
    def tagged(self, stack: str) -> Iterator[None]:
        """The main program's stack with another tag on everything: a change to deploy."""
        file = self.folder.root / f"Pulumi.{stack}.yaml"
        kept = file.read_text(encoding="utf-8")
        content = yaml.safe_load(kept)
        content["config"]["keyless:tags"] = {"changed": "yes"}
        file.write_text(yaml.safe_dump(content), encoding="utf-8")
        try:
            yield
        finally:
            file.write_text(kept, encoding="utf-8")

    def variables(self, job: Job, stack: str) -> dict[str, str]:
        """What `vars` holds in a job: the repository's variables, and above them those of the environment it names."""
        given = self.outputs["githubVariables"]
        common = given["repository"]
        own = given["environments"][job.environment] if job.environment else {}
        return {"AZURE_SUBSCRIPTION_ID": common[f"AZURE_SUBSCRIPTION_ID_{stack.upper()}"], **common, **own}

    def know(self, url: str) -> None:
        """Let the stand-in ask for GitHub's keys there."""
        self.control.put("/_rehearsal/issuers", json={"issuer": ISSUER, "url": url}).raise_for_status()

    def contents(self) -> dict[str, list[dict[str, Any]]]:
        """What is in Azure that was not there from the start."""
        contents: dict[str, list[dict[str, Any]]] = self.control.get("/_rehearsal/contents").raise_for_status().json()
        return contents

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Azure and the state are afterwards as they were."""
        kept = self.folder.root / "kept"
        self.control.put("/_rehearsal/snapshots/kept").raise_for_status()
        shutil.copytree(self.folder.backend, kept)
        try:
            yield
        finally:
            self.control.post("/_rehearsal/snapshots/kept/restore").raise_for_status()
            shutil.rmtree(self.folder.backend)
            kept.rename(self.folder.backend)


@contextmanager
def bootstrapped(root: Path) -> Iterator[Pipeline]:
    """The sample stack `ci`, deployed by the stand-in's owner into a stand-in of its own."""
    folder = RehearsalFolder.at(root)
    for stack in ("dev", "prod"):
        config = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8"))["config"]
        # What is protected nobody destroys; here it is to be seen who could.
        unprotected = {"config": {**config, "keyless:protect": False}}
        (folder.root / f"Pulumi.{stack}.yaml").write_text(yaml.safe_dump(unprotected), encoding="utf-8")
    with running(Options(state=folder.azure, durable=False)) as endpoint:
        provide(endpoint, BOOTSTRAP / "Pulumi.ci.yaml")
        workspace = fit_out(folder, BOOTSTRAP, endpoint, started_in={})
        made = _run(workspace, operations.up, "ci", Flags())
        assert made.result.succeeded, made.text
        with httpx.Client(
            base_url=endpoint.https_url,
            headers={"Authorization": f"Bearer {endpoint.control_key}"},
            verify=ssl.create_default_context(cafile=endpoint.ca_file),
            trust_env=False,
        ) as control:
            yield Pipeline(folder, endpoint, stacks.outputs(workspace, "ci", show_secrets=False), control)


def _run(workspace: Workspace, operation: Callable[..., Result], stack: str, flags: Flags) -> Run:
    shown = io.StringIO()
    result = operation(workspace, stack, flags, display(shown, json=False, diff=False))
    return Run(result, shown.getvalue())
