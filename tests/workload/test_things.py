"""What the API does for those who may, and what it says of itself."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.workload.conftest import settings_v2
from tests.workload.issuer import API, TENANT, Issuer
from tests.workload.server import served
from workload.api.operation import Operation
from workload.api.routes import OPERATIONS
from workload.api.service import service
from workload.api.things import add_thing


@pytest.fixture
def writer(issuer: Issuer) -> Iterator[httpx.Client]:
    """A principal with both roles, at an API of its own."""
    headers = {"Authorization": f"Bearer {issuer.token(roles=['Things.Read.All', 'Things.Write.All'])}"}
    with (
        served(service(settings_v2(issuer))) as port,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers) as client,
    ):
        yield client


def test_a_thing_that_was_added_is_listed(writer: httpx.Client) -> None:
    added = writer.post("/things", json={"name": "a third thing"})
    assert added.status_code == 201
    assert added.json() in writer.get("/things").json()["things"]


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        pytest.param(b'{"name": ""}', "application/json", 400, id="an empty name"),
        pytest.param(b'{"name": 1}', "application/json", 400, id="a name that is a number"),
        pytest.param(b'{"name": "' + b"x" * 101 + b'"}', "application/json", 400, id="a long name"),
        pytest.param(b"{}", "application/json", 400, id="no name"),
        pytest.param(b"[]", "application/json", 400, id="no object"),
        pytest.param(b"", "application/json", 400, id="no body"),
        pytest.param(b'{"name": "\xff"}', "application/json", 400, id="no UTF-8"),
        pytest.param(b"[" * 9000, "application/json", 400, id="nested ever deeper"),
        pytest.param(b" " * 10_001, "application/json", 413, id="a large body"),
        pytest.param(b"name=x", "application/x-www-form-urlencoded", 415, id="a form"),
        pytest.param(b'{"name": "x"}', "text/plain", 415, id="JSON that is called text"),
        pytest.param(b"name: x", "", 415, id="no type"),
    ],
)
def test_a_body_that_names_no_thing_is_declined(
    writer: httpx.Client, body: bytes, content_type: str, status: int
) -> None:
    answer = writer.post("/things", content=body, headers={"Content-Type": content_type})
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == status


def test_a_body_is_not_looked_at_before_the_token(api: httpx.Client, issuer: Issuer) -> None:
    bad = b" " * 10_001
    assert api.post("/things", content=bad).status_code == 401
    assert api.post("/things", content=bad, headers={"Authorization": f"Bearer {issuer.token()}"}).status_code == 403


def test_a_handler_that_fails_is_a_problem_without_detail(issuer: Issuer, caplog: pytest.LogCaptureFixture) -> None:
    application = service(settings_v2(issuer))
    del application.state.things
    token = issuer.token()
    with served(application) as port:
        answer = httpx.get(f"http://127.0.0.1:{port}/things", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 500
    assert answer.json()["detail"] == "The API failed. Its log says why."
    assert "things" in caplog.text
    assert token not in caplog.text


def test_the_description_states_the_roles_that_the_routes_demand(api: httpx.Client) -> None:
    described = api.get("/openapi.json").json()
    stated = {
        (method.upper(), path): {role for requirement in operation["security"] for role in requirement["entra"]}
        for path, operations in described["paths"].items()
        for method, operation in operations.items()
    }
    assert stated == {(operation.method, operation.path): set(operation.roles) for operation in OPERATIONS}
    assert stated["GET", "/things"] == {"Things.Read.All"}
    assert stated["POST", "/things"] == {"Things.Write.All"}


def test_the_description_says_whose_tokens_and_for_whom(api: httpx.Client, issuer: Issuer) -> None:
    scheme = api.get("/openapi.json").json()["components"]["securitySchemes"]["entra"]
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")
    assert API in scheme["description"]
    assert f"{issuer.authority}/{TENANT}/oauth2/v2.0/token" in scheme["description"]


def test_every_reference_in_the_description_leads_somewhere(api: httpx.Client) -> None:
    described = api.get("/openapi.json").json()

    def references(part: Any) -> Iterator[str]:
        if isinstance(part, dict):
            yield from (value for name, value in part.items() if name == "$ref")
            part = list(part.values())
        if isinstance(part, list):
            for each in part:
                yield from references(each)

    found = set(references(described))
    assert found
    for reference in found:
        target = described
        for name in reference.removeprefix("#/").split("/"):
            target = target[name]
        assert target


def test_an_operation_without_roles_cannot_be_declared() -> None:
    with pytest.raises(ValueError, match="POST /things must name the roles that may call it"):
        Operation("POST", "/things", add_thing, "Add a thing", roles=())
