"""Requests that are wrong before any token is read, sent as bytes where no client would send them."""

import socket
from collections.abc import Callable

import httpx
import pytest

from tests.workload.issuer import Issuer


def exchange(api: httpx.Client, request: bytes) -> tuple[int, bytes]:
    """Send bytes, close, and read the status and all of what comes back."""
    with socket.create_connection((api.base_url.host, api.base_url.port or 80), timeout=30) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while received := connection.recv(65_536):
            answer += received
    return int(answer.split(b" ", 2)[1]), answer


def request(*headers: bytes, line: bytes = b"GET /things HTTP/1.1", body: bytes = b"") -> bytes:
    return b"\r\n".join((line, b"Host: api", b"Connection: close", *headers, b"", b"")) + body


def bearer(issuer: Issuer) -> bytes:
    return b"Authorization: Bearer " + issuer.token().encode()


NO_TOKEN: dict[str, Callable[[Issuer], bytes]] = {
    "no Authorization header": lambda _: request(),
    "an empty Authorization header": lambda _: request(b"Authorization:"),
    "Basic": lambda _: request(b"Authorization: Basic YWRtaW46YWRtaW4="),
    "Digest": lambda _: request(b'Authorization: Digest username="admin"'),
    "Negotiate": lambda _: request(b"Authorization: Negotiate YII="),
    "a scheme that begins like Bearer": lambda i: request(bearer(i).replace(b"Bearer", b"BearerToken")),
    "a scheme that ends like Bearer": lambda i: request(bearer(i).replace(b"Bearer", b"XBearer")),
    "the token without scheme": lambda i: request(bearer(i).replace(b"Bearer ", b"")),
    "a tab behind the scheme": lambda i: request(bearer(i).replace(b"Bearer ", b"Bearer\t")),
    "a colon behind the scheme": lambda i: request(bearer(i).replace(b"Bearer ", b"Bearer:")),
    "the token in the query": lambda i: request(line=f"GET /things?access_token={i.token()} HTTP/1.1".encode()),
    "the token in a cookie": lambda i: request(b"Cookie: access_token=" + i.token().encode()),
    "the token in a form": lambda i: request(
        b"Content-Type: application/x-www-form-urlencoded",
        b"Content-Length: " + str(len(i.token()) + 13).encode(),
        body=b"access_token=" + i.token().encode(),
    ),
    "the token in Proxy-Authorization": lambda i: request(b"Proxy-" + bearer(i)),
    "the token in X-Forwarded-Authorization": lambda i: request(b"X-Forwarded-" + bearer(i)),
    "the identity that a proxy in front would vouch for": lambda _: request(
        b"X-MS-CLIENT-PRINCIPAL-ID: 6d6d6d6d", b"X-Forwarded-User: admin", b"X-Admin: true"
    ),
    "HEAD without a token": lambda _: request(line=b"HEAD /things HTTP/1.1"),
    "another method in a header": lambda _: request(b"X-HTTP-Method-Override: OPTIONS"),
    "another path in a header": lambda _: request(b"X-Original-URL: /health", b"X-Rewrite-URL: /health"),
    "an encoded letter in the path": lambda _: request(line=b"GET /thing%73 HTTP/1.1"),
}

MALFORMED: dict[str, Callable[[Issuer], bytes]] = {
    "Bearer alone": lambda _: request(b"Authorization: Bearer"),
    "Bearer and blanks": lambda _: request(b"Authorization: Bearer   "),
    "the same Authorization header twice": lambda i: request(bearer(i), bearer(i)),
    "a good Authorization header and a bad one": lambda i: request(bearer(i), b"Authorization: Bearer x"),
    "a bad Authorization header and a good one": lambda i: request(b"Authorization: Basic x", bearer(i)),
    "an empty Authorization header and a good one": lambda i: request(b"Authorization:", bearer(i)),
    "an Authorization header in another case beside one": lambda i: request(bearer(i), bearer(i).lower()),
}

BROKEN: dict[str, Callable[[Issuer], bytes]] = {
    "a NUL in the token": lambda _: request(b"Authorization: Bearer a\0b.c.d"),
    "a bare line feed in the header": lambda i: request(b"Authorization: Bearer a\nX-Admin: true", bearer(i)).replace(
        b"true", b"tr\0ue"
    ),
    "a blank before the colon": lambda i: request(bearer(i).replace(b":", b" :", 1)),
    "a header without colon": lambda _: request(b"Authorization Bearer x"),
    "headers that never end": lambda _: request(b"Authorization: Bearer " + b"A" * 65_600).rstrip(),
    "a request line with a control character": lambda _: request(line=b"GET /thi\x01ngs HTTP/1.1"),
    "a length that is no number": lambda _: request(b"Content-Length: x"),
    "two lengths": lambda _: request(b"Content-Length: 1", b"Content-Length: 2"),
    "no HTTP at all": lambda _: b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n",
}

NOT_THERE: dict[str, tuple[bytes, int]] = {
    "a slash behind the path": (b"GET /things/ HTTP/1.1", 404),
    "a path below": (b"GET /things/1 HTTP/1.1", 404),
    "an absolute target": (b"GET http://other/things HTTP/1.1", 404),
    "two slashes": (b"GET //things HTTP/1.1", 404),
    "dots in the path": (b"GET /health/../things HTTP/1.1", 404),
    "encoded dots in the path": (b"GET /health/%2e%2e/things HTTP/1.1", 404),
    "a public path with a tail": (b"GET /health/things HTTP/1.1", 404),
    "a path parameter": (b"GET /things;/health HTTP/1.1", 404),
    "another case": (b"GET /THINGS HTTP/1.1", 404),
    "the documentation of other frameworks": (b"GET /docs HTTP/1.1", 404),
    "OPTIONS": (b"OPTIONS /things HTTP/1.1", 405),
    "TRACE": (b"TRACE /things HTTP/1.1", 405),
    "CONNECT": (b"CONNECT /things HTTP/1.1", 405),
    "PUT": (b"PUT /things HTTP/1.1", 405),
    "a method nobody knows": (b"STEAL /things HTTP/1.1", 405),
    "POST to a public path": (b"POST /health HTTP/1.1", 405),
}


@pytest.mark.parametrize("forge", [pytest.param(forge, id=name) for name, forge in NO_TOKEN.items()])
def test_a_request_without_a_bearer_token_is_asked_for_one(
    api: httpx.Client, issuer: Issuer, forge: Callable[[Issuer], bytes]
) -> None:
    status, answer = exchange(api, forge(issuer))
    assert status == 401
    assert b'www-authenticate: Bearer realm="things"\r\n' in answer, "RFC 6750, 3.1: no error without a token"


@pytest.mark.parametrize("forge", [pytest.param(forge, id=name) for name, forge in MALFORMED.items()])
def test_credentials_that_are_not_one_token_are_a_bad_request(
    api: httpx.Client, issuer: Issuer, forge: Callable[[Issuer], bytes]
) -> None:
    status, answer = exchange(api, forge(issuer))
    assert status == 400
    assert b'www-authenticate: Bearer realm="things", error="invalid_request"\r\n' in answer


@pytest.mark.parametrize("forge", [pytest.param(forge, id=name) for name, forge in BROKEN.items()])
def test_what_is_no_http_is_answered_as_that(
    api: httpx.Client, issuer: Issuer, forge: Callable[[Issuer], bytes]
) -> None:
    status, _ = exchange(api, forge(issuer))
    assert status == 400


@pytest.mark.parametrize(("line", "status"), [pytest.param(*case, id=name) for name, case in NOT_THERE.items()])
def test_a_path_or_method_that_is_not_served_is_said_to_be_none(
    api: httpx.Client, issuer: Issuer, line: bytes, status: int
) -> None:
    answered, answer = exchange(api, request(bearer(issuer), line=line))
    assert answered == status
    assert b"content-type: application/problem+json\r\n" in answer
    assert b"location:" not in answer, "a redirect would go wherever the Host header says"


def test_a_header_smuggled_into_the_token_is_a_header_of_its_own_and_of_no_use(
    api: httpx.Client, issuer: Issuer
) -> None:
    smuggled = b"Authorization: Bearer x\r\nX-Roles: Things.Read.All"
    status, answer = exchange(api, request(smuggled))
    assert status == 401
    assert b"Things.Read.All" not in answer


def test_nothing_that_was_sent_comes_back(api: httpx.Client) -> None:
    marker = b"c0ffee"
    sent = request(
        b"Authorization: Bearer " + marker, b"X-Request-Id: " + marker, line=b"GET /" + marker + b" HTTP/1.1"
    )
    for each in (sent, sent.replace(b"GET /" + marker, b"GET /things")):
        assert marker not in exchange(api, each)[1]


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "bEaReR"])
def test_the_scheme_may_be_written_in_any_case(api: httpx.Client, issuer: Issuer, scheme: str) -> None:
    """RFC 9110, section 11.1: schemes are case-insensitive."""
    assert api.get("/things", headers={"Authorization": f"{scheme} {issuer.token()}"}).status_code == 200


def test_health_and_description_need_no_token(api: httpx.Client) -> None:
    assert api.get("/health").json() == {"status": "ok"}
    assert api.get("/openapi.json").status_code == 200
