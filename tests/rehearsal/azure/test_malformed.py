"""Malformed bodies, headers, paths, tokens and filters: each is refused in the service's own envelope.

Ten thousand random requests go through the request path in this process, which is the one that the server runs; a few
hundred malformed ones go over the wire.
"""

import json
import logging
import socket
import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import jwt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rehearsal.azure import seed
from rehearsal.azure.clock import Clock
from rehearsal.azure.context import GRAPH_APP_ID, Context, Tenant
from rehearsal.azure.graph import application_properties, properties, service_principal_properties
from rehearsal.azure.login import tokens
from rehearsal.azure.pipeline import Inbound, Pipeline
from rehearsal.azure.routes import ROUTES
from rehearsal.azure.routing import Service
from rehearsal.azure.store import Store
from tests.rehearsal.azure.conftest import PLAN, STORAGE_ACCOUNT
from tests.rehearsal.azure.stand_in import StandIn, code, message

BASE = "https://127.0.0.1:1"


def new_context() -> Context:
    tenant = Tenant(IDS[0], "contoso.onmicrosoft.com", "Contoso", IDS[1], "Rehearsal", IDS[2], IDS[3], IDS[4])
    context = Context(Store(), Clock(), tenant, BASE, "http://127.0.0.1:2", "secret", "key")
    seed.seed(context, "secret")
    return context


@pytest.fixture(scope="module")
def context() -> Iterator[Context]:
    context = new_context()
    yield context
    context.store.close()


@pytest.fixture(scope="module")
def pipeline(context: Context) -> Pipeline:
    """The request path, with a few resources to stumble over."""
    pipeline = Pipeline(context, ROUTES)
    deployer = context.store.get("servicePrincipal", IDS[4])
    assert deployer is not None
    token = tokens.issue(context, deployer, "https://management.azure.com/", credential="1", life=3600).value
    for path, version, body in (
        ("", "2022-09-01", {"location": "westeurope"}),
        ("/providers/Microsoft.Storage/storageAccounts/one", "2023-01-01", STORAGE_ACCOUNT),
        ("/providers/Microsoft.Web/serverfarms/one", "2024-11-01", PLAN),
    ):
        path = f"/subscriptions/{IDS[1]}/resourceGroups/rg{path}"
        headers = {"authorization": f"Bearer {token}"}
        made = Inbound("PUT", path, f"api-version={version}", headers, json.dumps(body).encode(), BASE)
        answer = pipeline.answer(made)
        assert answer.status < 300, answer
    return pipeline


@pytest.fixture(scope="module")
def bearers(context: Context) -> dict[str, str]:
    """Authorization headers, good and bad."""
    deployer = context.store.get("servicePrincipal", context.tenant.deployer_principal_id)
    assert deployer is not None
    good = {
        name: tokens.issue(context, deployer, resource, credential="1", life=3600).value
        for name, resource in (("graph", "https://graph.microsoft.com"), ("arm", "https://management.azure.com/"))
    }
    unsigned = jwt.encode({"aud": "https://graph.microsoft.com"}, "", algorithm="none")
    return {
        **{name: f"Bearer {token}" for name, token in good.items()},
        "control": "Bearer key",
        "forged": f"Bearer {good['graph'][:-8]}AAAAAAAA",
        "unsigned": f"Bearer {unsigned}",
        "basic": "Basic Og==",
        "empty": "Bearer ",
    }


IDS = [str(uuid.UUID(int=number, version=4)) for number in range(5)]
GRAPH_PRINCIPAL = str(uuid.uuid5(uuid.UUID(IDS[0]), GRAPH_APP_ID))
KNOWN = {
    "tenant": [IDS[0], "contoso.onmicrosoft.com", "common"],
    "subscription": [IDS[1]],
    "id": [*IDS, GRAPH_PRINCIPAL],
    "app_id": [IDS[2], GRAPH_APP_ID],
    "owner": [IDS[4]],
    "group": ["rg"],
    "scope": [f"subscriptions/{IDS[1]}", f"subscriptions/{IDS[1]}/resourceGroups/rg"],
}
# These change the weather, the time or the keys, so that what follows is refused or fails on purpose.
ROUTES_UNDER_TEST = [
    route
    for route in ROUTES
    if (route.method, route.path)
    not in [
        ("POST", "/_rehearsal/faults"),
        ("PATCH", "/_rehearsal/weather"),
        ("POST", "/_rehearsal/clock"),
        ("POST", "/_rehearsal/keys/rotate"),
    ]
]
NAMES = [*sorted(application_properties.WRITABLE), "appId", "principalId", "resourceId", "appRoleId", "id"]
ARM_NAMES = ["location", "sku", "kind", "identity", "properties", "tags", "name", "type", "roleDefinitionId", "mode"]
TEXT = st.one_of(
    st.text(max_size=20),
    st.sampled_from(["", "'", "api://x", "null", "%00", "../..", GRAPH_APP_ID, "Application", "\ud800", "westeurope"]),
    st.sampled_from([*IDS, GRAPH_PRINCIPAL]),
    st.uuids().map(str),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda children: (
        st.lists(children, max_size=3)
        | st.dictionaries(st.sampled_from([*NAMES, *ARM_NAMES]) | TEXT, children, max_size=4)
    ),
    max_leaves=8,
)


def shaped(shape: Any) -> st.SearchStrategy[Any]:
    """Values that fit a shape of Graph's properties, now and then with something else in their place."""
    if isinstance(shape, list):
        fitting: st.SearchStrategy[Any] = st.lists(shaped(shape[0]), max_size=2)
    elif isinstance(shape, dict):
        fitting = st.fixed_dictionaries({}, optional={name: shaped(inner) for name, inner in shape.items()})
    else:
        fitting = {
            properties.Kind.TEXT: TEXT,
            properties.Kind.FLAG: st.booleans(),
            properties.Kind.NUMBER: st.integers(0, 3),
            properties.Kind.GUID: st.sampled_from([*IDS, GRAPH_PRINCIPAL]) | st.uuids().map(str),
            properties.Kind.ANYTHING: JSON,
        }[shape]
    return st.one_of(fitting, fitting, fitting, fitting, st.none(), JSON)


GRAPH_BODY = st.one_of(
    shaped(dict(application_properties.WRITABLE)),
    shaped(dict(service_principal_properties.CREATABLE)),
    shaped(
        {"principalId": properties.Kind.GUID, "resourceId": properties.Kind.GUID, "appRoleId": properties.Kind.GUID}
    ),
    st.fixed_dictionaries({"displayName": TEXT, "appRoles": shaped([dict(application_properties.APP_ROLE)])}),
    st.fixed_dictionaries({"name": TEXT, "issuer": TEXT, "subject": TEXT, "audiences": st.lists(TEXT, max_size=2)}),
    st.fixed_dictionaries({"@odata.id": TEXT | st.just(f"{BASE}/v1.0/directoryObjects/{IDS[4]}")}),
)
ARM_BODY = st.dictionaries(st.sampled_from(ARM_NAMES), JSON, max_size=5)
BROKEN = st.one_of(st.binary(max_size=30), st.just(b"[" * 5000), st.just(b'{"displayName":' + b"1" * 5000 + b"}"))
WORDS = (
    "displayName appId eq ne and or not ( ) 'x' ' in , null true 1 startswith( tags/any(t:t identifierUris/any() : /"
)
FILTER = st.lists(
    st.sampled_from([*WORDS.split(), "createdDateTime ge 2026-01-01T00:00:00Z", "displayName eq 'x'"]), max_size=8
).map(" ".join)
OPTIONS = ["$filter", "$select", "$top", "$skiptoken", "$count", "$orderby", "$expand", "resource", "x"]
QUERY = st.lists(
    st.tuples(
        st.sampled_from(OPTIONS),
        FILTER | TEXT | st.sampled_from(["10", "-1", "displayName", "true", "https://vault.azure.net"]),
    ),
    max_size=2,
)
VERSIONS = st.sampled_from(["2024-11-01", "2022-09-01", "2023-01-01", "2022-04-01", "2020-10-01", "2019-08-01"])
FORM = st.fixed_dictionaries(
    {},
    optional={
        "grant_type": st.just("client_credentials") | TEXT,
        "client_id": st.just(IDS[2]) | TEXT,
        "client_secret": st.just("secret") | TEXT,
        "client_assertion": TEXT | st.just("e30.e30.e30") | st.just("eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.AA"),
        "client_assertion_type": st.just("urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
        "scope": TEXT | st.just("https://graph.microsoft.com/.default"),
        "resource": TEXT,
    },
)


def mostly(draw: st.DrawFn, right: Any, wrong: st.SearchStrategy[Any]) -> Any:
    """The right value, but one time in ten another."""
    return draw(wrong) if draw(st.integers(0, 9)) == 0 else right


@st.composite
def requests(draw: st.DrawFn) -> tuple[str, Inbound]:
    """A request that resembles one of the routes, and which of the bearers it presents."""
    route = draw(st.sampled_from(ROUTES_UNDER_TEST))
    path = route.path
    while "{" in path:
        start, end = path.index("{"), path.index("}")
        known = KNOWN.get(path[start + 1 : end].removesuffix(":path"), ["x", "one"])
        path = path[:start] + quoted(mostly(draw, draw(st.sampled_from(known)), TEXT)) + path[end + 1 :]
    query = "&".join(f"{quoted(name)}={quoted(value)}" for name, value in draw(QUERY))
    body: Any
    if route.service is Service.LOGIN:
        body = urlencode(draw(FORM), errors="surrogatepass").encode()
    elif route.service is Service.ARM:
        query += f"&api-version={mostly(draw, draw(VERSIONS), st.just('nonsense'))}"
        body = json.dumps(draw(ARM_BODY)).encode()
    else:
        body = json.dumps(draw(GRAPH_BODY)).encode()
    method = mostly(draw, route.method, st.sampled_from(["GET", "PATCH", "PUT", "POST", "DELETE", "BREW"]))
    bearer = mostly(draw, route.service.value, st.sampled_from(["graph", "forged", "unsigned", "empty", ""]))
    headers: dict[str, str] = {"consistencylevel": "eventual", "metadata": "true"}
    return bearer, Inbound(method, path, query, draw(st.sampled_from([{}, headers])), mostly(draw, body, BROKEN), BASE)


def quoted(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode("utf-8", "surrogatepass"))


@settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
@given(batch=st.lists(requests(), min_size=20, max_size=20))
def test_ten_thousand_random_requests_meet_no_failure(
    pipeline: Pipeline,
    bearers: dict[str, str],
    caplog: pytest.LogCaptureFixture,
    batch: list[tuple[str, Inbound]],
) -> None:
    caplog.set_level(logging.ERROR)
    for bearer, inbound in batch:
        headers = {**inbound.headers, **({"authorization": bearers[bearer]} if bearer in bearers else {})}
        answer = pipeline.answer(Inbound(inbound.method, inbound.path, inbound.query, headers, inbound.content, BASE))
        assert 200 <= answer.status < 500, (inbound, answer, caplog.text)
        if answer.status >= 400 and inbound.method != "HEAD":
            assert_envelope(json.loads(answer.content), (inbound, answer))
    assert not caplog.records, caplog.text


def assert_envelope(body: Any, context: object) -> None:
    """One of the services' envelopes, none of them empty."""
    assert isinstance(body, dict), context
    text = body.get("message") or body.get("Message") or body.get("error_description") or body.get("error")
    if isinstance(text, dict):
        assert text["code"], context
        text = text["message"]
    assert text, context


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"\xff\xfe",
        b'{"displayName": NaN}',
        b'{"displayName": "\\ud800"}',
        b'{"displayName": "x\\u0000"}',
        b'{"displayName": "x", "addIns": [{"number": 1e999}]}',
        b"[" * 100_000,
        b'"text"',
        b"17",
    ],
)
def test_a_body_that_cannot_be_read_or_kept_is_refused_by_graph(stand_in: StandIn, content: bytes) -> None:
    answer = stand_in.graph.post("/v1.0/applications", content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert code(answer) in ("BadRequest", "Request_BadRequest")


@pytest.mark.parametrize(
    "text", ["displayName eq 'it's'", "displayName eq", "eq 'x'", "(displayName eq 'x'", "nope eq 'x'"]
)
def test_a_filter_that_cannot_be_read_is_refused_with_its_text(stand_in: StandIn, text: str) -> None:
    answer = stand_in.graph.get("/v1.0/applications", params={"$filter": text})
    assert answer.status_code == 400
    assert code(answer) == "BadRequest"
    assert message(answer).startswith("Invalid filter clause: ")


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        (None, "Access token is empty."),
        ("", "Access token is empty."),
        ("nonsense", "Access token validation failure."),
        ("a.b.c", "Access token validation failure."),
    ],
)
def test_a_token_that_is_none_is_refused(stand_in: StandIn, token: str | None, reason: str) -> None:
    headers = {} if token is None else {"Authorization": f"Bearer {token}".strip()}
    answer = stand_in.anonymous.get("/v1.0/applications", headers=headers)
    assert answer.status_code == 401
    assert code(answer) == "InvalidAuthenticationToken"
    assert message(answer) == reason


def test_a_token_with_a_changed_role_is_refused(stand_in: StandIn) -> None:
    header, _, signature = stand_in.token("https://graph.microsoft.com/.default").split(".")
    forged = jwt.encode({"aud": "https://graph.microsoft.com", "roles": ["Directory.ReadWrite.All"]}, "x" * 32).split(
        "."
    )[1]
    answer = stand_in.anonymous.get(
        "/v1.0/applications", headers={"Authorization": f"Bearer {header}.{forged}.{signature}"}
    )
    assert answer.status_code == 401


def test_a_body_of_more_than_four_megabytes_is_refused(stand_in: StandIn) -> None:
    answer = stand_in.graph.post("/v1.0/applications", content=b" " * (4 * 1024 * 1024 + 1))
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET /%zz%00%ff?%zz HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET http://other.example/v1.0/applications HTTP/1.1\r\nHost: x\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST /v1.0/applications HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /v1.0/applications HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET /v1.0/applications HTTP/1.1\r\nHost: \xff\xfe\r\nAuthorization: \xff\r\n\r\n",
    ],
)
def test_bytes_that_are_hardly_http_get_a_4xx(stand_in: StandIn, sent: bytes) -> None:
    host, port = stand_in.endpoint.http_url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    assert not answer or answer.startswith(b"HTTP/1.1 4"), answer[:200]
    assert stand_in.anonymous.get("/_rehearsal/health").status_code == 200


@pytest.mark.parametrize(
    ("path", "service"),
    [
        ("/v1.0/users", Service.GRAPH),
        ("/contoso/oauth2/v2.0/devicecode", Service.LOGIN),
        ("/msi/other", Service.IDENTITY),
        ("/_rehearsal/other", Service.CONTROL),
    ],
)
def test_what_is_not_modelled_says_so_and_is_logged(
    stand_in: StandIn, path: str, service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    answer = stand_in.graph.get(path)
    assert answer.status_code == (400 if service is Service.GRAPH else 404)
    assert f"does not model GET {path}" in answer.text
    assert f"not modelled: GET {stand_in.endpoint.https_url}{path}" in caplog.text
    last = stand_in.control.get("/_rehearsal/requests").json()["requests"][-1]
    assert (last["method"], last["path"], last["route"]) == ("GET", path, None)
    assert last["host"] == stand_in.endpoint.https_url.removeprefix("https://")
