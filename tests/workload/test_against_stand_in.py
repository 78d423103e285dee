"""Function and API as processes of their own, between them nothing but HTTP and a stand-in for Azure."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from rehearsal.child_process import child
from tests.rehearsal.azure import conftest as azure
from tests.rehearsal.azure.stand_in import Application, Document, StandIn, role

ROOT = Path(__file__).parents[2]

# A stand-in, empty for each test, and a function app in it.
served, stand_in, site = azure.served, azure.stand_in, azure.site


class Stack:
    """A protected API, a site with an identity, and the processes that run for them."""

    def __init__(self, stand_in: StandIn, site: Document, folder: Path, version: int) -> None:
        self.stand_in, self.site, self.folder = stand_in, site, folder
        self.roles = {name: role(name) for name in ("Things.Read.All", "Things.Write.All")}
        self.api: Application = stand_in.api(*self.roles.values(), version=version)
        tenant = stand_in.endpoint.tenant_id
        self.audience, self.issuer = {
            1: (self.api.uri, f"https://sts.windows.net/{tenant}/"),
            2: (self.api.app_id, f"https://login.microsoftonline.com/{tenant}/v2.0"),
        }[version]
        # The folder alone is deployed: whatever it needs beyond its requirements must be in it.
        shutil.copytree(ROOT / "workload" / "caller", folder / "package")

    def grant(self, name: str) -> Document:
        """Give the site's identity a role."""
        answer = self.stand_in.assign(self.site["principalId"], self.api.principal_id, self.roles[name]["id"])
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    @contextmanager
    def serving(self) -> Iterator[str]:
        """The API's address while it runs."""
        environment = {
            **self.machine(),
            "API_AUDIENCE": self.audience,
            "API_ISSUER": self.issuer,
            "API_TENANT_ID": self.stand_in.endpoint.tenant_id,
            "AZURE_AUTHORITY_HOST": self.stand_in.endpoint.https_url,
        }
        command = ["uvicorn", "workload.api.app:app", "--host", "127.0.0.1", "--port", "0"]
        with child(
            "the API",
            command,
            ready=r"running on (http://\S+)",
            environment=environment,
            folder=ROOT,
            log=self.folder / "api.log",
        ) as url:
            yield url

    @contextmanager
    def function(self, environment: dict[str, str]) -> Iterator[httpx.Client]:
        """A client of the function while it runs with this environment."""
        command = ["rehearsal.azure.functions_host", str(self.folder / "package"), "--port", "0"]
        with (
            child(
                "the function",
                command,
                ready=r"ready (http://\S+)",
                environment={**self.machine(), **environment},
                folder=ROOT,
                log=self.folder / "function.log",
            ) as url,
            httpx.Client(base_url=url, timeout=60) as client,
        ):
            yield client

    def platform_environment(self, **settings: str) -> dict[str, str]:
        """What App Service gives the site's process, once these are its settings."""
        answer = self.stand_in.arm.put(
            f"{self.site['id']}/config/appsettings", params={"api-version": "2024-04-01"}, json={"properties": settings}
        )
        assert answer.status_code == 200, answer.text
        environment: dict[str, str] = self.stand_in.control.get("/_rehearsal/sites/func-caller/environment").json()
        return environment

    def machine(self) -> dict[str, str]:
        ca = str(self.stand_in.endpoint.ca_file)
        return {"PATH": os.environ["PATH"], "SSL_CERT_FILE": ca, "REQUESTS_CA_BUNDLE": ca}

    def logs(self) -> str:
        return "".join((self.folder / name).read_text() for name in ("api.log", "function.log"))


@pytest.fixture(params=[2], ids=["v2 tokens"])
def stack(request: pytest.FixtureRequest, stand_in: StandIn, site: Document, tmp_path: Path) -> Stack:
    return Stack(stand_in, site, tmp_path, request.param)


def problem(answer: httpx.Response) -> tuple[int, str, Any]:
    content = answer.json()
    return answer.status_code, content["type"].rpartition(":")[2], content.get("apiStatus")


@pytest.mark.parametrize("stack", [2, 1], ids=["v2 tokens", "v1 tokens"], indirect=True)
def test_the_function_calls_the_api_with_what_the_platform_gives_it_and_nothing_else(stack: Stack) -> None:
    grant = stack.grant("Things.Read.All")
    with stack.serving() as api:
        environment = stack.platform_environment(API_URL=api, API_SCOPE=stack.api.scope)
        with stack.function(environment) as function:
            assert function.get("/api/call").json()["things"]
            claims = function.get("/api/whoami").json()["claims"]
            assert (claims["aud"], claims["iss"]) == (stack.audience, stack.issuer)
            assert (claims["oid"], claims["roles"]) == (stack.site["principalId"], ["Things.Read.All"])
            assert problem(function.post("/api/call")) == (502, "role-missing", 403)
            assert httpx.get(f"{api}/things").status_code == 401
        stack.stand_in.graph.delete(
            f"/v1.0/servicePrincipals/{stack.api.principal_id}/appRoleAssignedTo/{grant['id']}"
        ).raise_for_status()
        with stack.function(environment) as function:
            refused = function.get("/api/call")
            assert problem(refused) == (502, "not-assigned", None)
            assert "grant it under keyless:grants in Pulumi.<stack>.yaml" in refused.json()["detail"]
            stack.grant("Things.Read.All")
            assert function.get("/api/call").status_code == 200, "it asks again, since it was given no token"
        logs = stack.logs()
        assert "eyJ" not in logs, "every JSON Web Token begins so"
        assert environment["IDENTITY_HEADER"] not in logs


def test_a_rotation_of_entras_keys_is_not_noticed(stack: Stack) -> None:
    stack.grant("Things.Read.All")
    with stack.serving() as api:
        environment = stack.platform_environment(API_URL=api, API_SCOPE=stack.api.scope)
        for _ in range(2):
            with stack.function(environment) as function:
                assert function.get("/api/call").status_code == 200
            assert stack.stand_in.control.post("/_rehearsal/keys/rotate").status_code == 200


def test_an_api_without_registration_is_said_to_be_unknown(stack: Stack) -> None:
    environment = stack.platform_environment(API_URL="https://127.0.0.1:1", API_SCOPE="api://nobody/.default")
    with stack.function(environment) as function:
        assert problem(function.get("/api/call")) == (502, "unknown-api", None)


def test_on_a_laptop_the_same_code_signs_in_from_the_environment(stack: Stack) -> None:
    """As with a development client: no identity endpoint, but a client and its secret."""
    developer = stack.stand_in.application()
    with stack.serving() as api:
        endpoint = stack.stand_in.endpoint
        environment = {
            "API_URL": api,
            "API_SCOPE": stack.api.scope,
            "AZURE_AUTHORITY_HOST": endpoint.https_url,
            "AZURE_TENANT_ID": endpoint.tenant_id,
            "AZURE_CLIENT_ID": developer.app_id,
            "AZURE_CLIENT_SECRET": developer.secret,
        }
        with stack.function(environment) as function:
            assert problem(function.get("/api/call")) == (502, "not-assigned", None)
        role_id = stack.roles["Things.Read.All"]["id"]
        assert stack.stand_in.assign(developer.principal_id, stack.api.principal_id, role_id).status_code == 201
        with stack.function(environment) as function:
            assert function.get("/api/call").status_code == 200
            assert function.get("/api/whoami").json()["claims"]["oid"] == developer.principal_id
    assert developer.secret not in stack.logs()
    assert "eyJ" not in stack.logs()
