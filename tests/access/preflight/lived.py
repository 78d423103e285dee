"""The life of a stack, lived by a deployer that may do what preflight asks for and nothing else, and what it took."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx

from rehearsal.azure.routing import Route
from rehearsal.folder import RehearsalFolder
from tests.access.deployed import Deployed
from tests.rehearsal.azure.stand_in import Application
from tests.rehearsal.stacks.rehearsed import Rehearsed, Run

_ROLE = str(uuid.UUID(int=9))
_API = {"api-version": "2022-04-01"}
_SNAPSHOT = "/_rehearsal/snapshots/destroyed"


@dataclass(frozen=True)
class Asked:
    """A request of the deployer, by the operation of the stand-in that answered it."""

    method: str
    path: str
    query: str
    operation: str


@dataclass(frozen=True)
class Deployer:
    """An application that holds some roles of Microsoft Graph, and on the subscription a custom Azure role."""

    stack: Deployed
    application: Application

    @classmethod
    def holding(cls, stack: Deployed, graph_roles: Sequence[str]) -> Deployer:
        """Makes one; its Azure role allows nothing yet."""
        application = stack.stand_in.application(displayName="deployer")
        for value in graph_roles:
            assert stack.stand_in.assign(application.principal_id, *stack.graph_role(value)).status_code == 201
        return cls(stack, application)

    @property
    def subscription(self) -> str:
        """The ARM id of the subscription."""
        return f"/subscriptions/{self.stack.endpoint.subscription_id}"

    @property
    def environment(self) -> dict[str, str]:
        """What signs it in."""
        signed_in = self.stack.endpoint
        own = replace(signed_in, client_id=self.application.app_id, client_secret=self.application.secret)
        return own.environment()

    def may(self, *actions: str, but: Sequence[str] = ()) -> None:
        """Lets its custom role allow these actions, but not those."""
        properties = {
            "roleName": "deployer of keyless",
            "permissions": [{"actions": actions, "notActions": but}],
            "assignableScopes": [self.subscription],
        }
        self._put(f"roleDefinitions/{_ROLE}", properties)
        self._assign(str(uuid.uuid5(uuid.UUID(_ROLE), self.application.principal_id)), _ROLE)

    @contextmanager
    def also(self, role: str) -> Iterator[None]:
        """Gives it a built-in role too, by its id, for the length of a `with` block."""
        name = str(uuid.uuid4())
        self._assign(name, role)
        yield
        path = f"{self.subscription}/providers/Microsoft.Authorization/roleAssignments/{name}"
        assert self.stack.stand_in.arm.delete(path, params=_API).status_code == 200

    def rehearsed(self, root: Path) -> Rehearsed:
        """A stack that it deploys, with a state of its own."""
        application = self.application
        signed_in = replace(self.stack.endpoint, client_id=application.app_id, client_secret=application.secret)
        return Rehearsed(RehearsalFolder.at(root), signed_in, "dev")

    def repeats(self, asked: Asked) -> httpx.Response:
        """Asks the same again, without a body: who has no right to ask is refused before that is looked at."""
        graph = asked.operation.partition(" ")[2].startswith(("/v1.0", "/beta"))
        scope = "https://graph.microsoft.com/.default" if graph else "https://management.azure.com/.default"
        headers = {"Authorization": f"Bearer {self.application.token(scope)}"}
        url = f"{asked.path}?{asked.query}" if asked.query else asked.path
        return self.stack.stand_in.anonymous.request(asked.method, url, headers=headers)

    def _assign(self, name: str, role: str) -> None:
        properties = {
            "roleDefinitionId": f"{self.subscription}/providers/Microsoft.Authorization/roleDefinitions/{role}",
            "principalId": self.application.principal_id,
            "principalType": "ServicePrincipal",
        }
        self._put(f"roleAssignments/{name}", properties)

    def _put(self, what: str, properties: Mapping[str, object]) -> None:
        path = f"{self.subscription}/providers/Microsoft.Authorization/{what}"
        made = self.stack.stand_in.arm.put(path, params=_API, json={"properties": properties})
        assert made.is_success, made.text


@dataclass(frozen=True)
class Life:
    """What the life of a stack asked of Azure."""

    deployer: Deployer
    requests: tuple[Asked, ...]

    def by_permission(self, routes: Sequence[Route]) -> dict[tuple[str, ...], Asked]:
        """The first request that took each of what opens these routes."""
        opened_by = {f"{route.method} {route.path}": route.permissions for route in routes}
        found: dict[tuple[str, ...], Asked] = {}
        for asked in self.requests:
            if opened_by.get(asked.operation):
                found.setdefault(opened_by[asked.operation], asked)
        return found

    @contextmanager
    def afterwards(self) -> Iterator[None]:
        """Everything as it was after this life, at the end of a `with` block."""
        try:
            yield
        finally:
            assert self.deployer.stack.stand_in.control.post(f"{_SNAPSHOT}/restore").is_success


def lived(deployer: Deployer, root: Path) -> Life:
    """Deploys, finds nothing to do, changes whatever can change, looks, moves to another site, and destroys."""
    control = deployer.stack.stand_in.control
    assert control.delete("/_rehearsal/requests").status_code == 204
    stack = deployer.rehearsed(root)
    _succeeded(stack)
    stack.client.close()
    log = control.get("/_rehearsal/requests").json()["requests"]
    assert control.put(_SNAPSHOT).is_success
    mine = [each for each in log if each["caller"] == deployer.application.principal_id]
    return Life(deployer, tuple(Asked(each["method"], each["path"], each["query"], each["route"]) for each in mine))


def _succeeded(stack: Rehearsed) -> None:
    for run in (stack.preview, stack.up, stack.up):
        _check(run())
    stack.configure(
        appSettings={"API_URL": "https://other.example.com"},
        tags={"changed": "yes"},
        scale={"maximumInstanceCount": 50},
        allowedIpRanges=["192.0.2.0/24"],
        developerClient=True,
    )
    with (stack.program / "workload" / "caller" / "function_app.py").open("a", encoding="utf-8") as code:
        code.write("\n# changed\n")
    _check(stack.up())
    _check(stack.refresh())
    _check(stack.up(replace=[stack.urn("caller-site")]))
    _check(stack.destroy())


def _check(run: Run) -> None:
    assert run.result.succeeded, run.text
