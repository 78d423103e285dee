"""An issuer of access tokens on loopback: keys, a discovery document over HTTPS, and tokens as Entra signs them."""

import base64
import functools
import json
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import trustme
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

TENANT = "11111111-2222-4333-8444-555555555555"
API = "99999999-8888-4777-8666-555555555555"
PRINCIPAL = "6d6d6d6d-7777-4888-8999-aaaaaaaaaaaa"
CLIENT = "5c5c5c5c-1111-4222-8333-666666666666"
ISSUER_V1 = f"https://sts.windows.net/{TENANT}/"
ISSUER_V2 = f"https://login.microsoftonline.com/{TENANT}/v2.0"


def encoded(content: bytes) -> str:
    """Base64url without padding, as in RFC 7515."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


@dataclass(frozen=True)
class After:
    """A time for a claim: so many seconds after the token is made."""

    seconds: float


def claims_v2(**changes: Any) -> dict[str, Any]:
    """A managed identity's claims on an API of the tenant's own, v2. A change to `...` leaves the claim out."""
    now = int(time.time())
    claims = {
        "aud": API,
        "iss": ISSUER_V2,
        "iat": now - 300,
        "nbf": now - 300,
        "exp": now + 3600,
        "azp": CLIENT,
        "azpacr": "2",
        "oid": PRINCIPAL,
        "rh": "1.AXkA.",
        "roles": ["Things.Read.All"],
        "sub": PRINCIPAL,
        "tid": TENANT,
        "uti": "Zm9vYmFyYmF6cXV4MDEyAA",
        "ver": "2.0",
    }
    return {
        name: now + value.seconds if isinstance(value, After) else value
        for name, value in (claims | changes).items()
        if value is not ...
    }


def claims_v1(**changes: Any) -> dict[str, Any]:
    """The same in v1 form."""
    v1 = {"aud": f"api://{API}", "iss": ISSUER_V1, "idp": ISSUER_V1, "appid": CLIENT, "appidacr": "2", "ver": "1.0"}
    return claims_v2(**({"azp": ..., "azpacr": ...} | v1 | changes))


class Key:
    """One RSA key of an issuer."""

    def __init__(self, key_id: str, bits: int = 2048) -> None:
        self.id = key_id
        self.private = rsa.generate_private_key(public_exponent=65537, key_size=bits)

    def entry(self, **changes: Any) -> dict[str, Any]:
        """Its entry in the published set, in the form of Entra's."""
        numbers = self.private.public_key().public_numbers()
        n, e = (encoded(value.to_bytes((value.bit_length() + 7) // 8)) for value in (numbers.n, numbers.e))
        entry = {"kty": "RSA", "use": "sig", "kid": self.id, "x5t": self.id, "n": n, "e": e, "issuer": ISSUER_V2}
        return {name: value for name, value in (entry | changes).items() if value is not ...}

    def header(self, **changes: Any) -> dict[str, Any]:
        """The header of the tokens that it signs. A change to `...` leaves the parameter out."""
        header = {"typ": "JWT", "alg": "RS256", "kid": self.id} | changes
        return {name: value for name, value in header.items() if value is not ...}

    def sign(self, header: Mapping[str, Any] | bytes, claims: Mapping[str, Any] | bytes) -> str:
        """A token with a right RS256 signature, whatever its header and claims say."""
        parts = [part if isinstance(part, bytes) else json.dumps(part).encode() for part in (header, claims)]
        return self.sign_text(".".join(encoded(part) for part in parts))

    def sign_text(self, text: str) -> str:
        """Append the right RS256 signature of `text`."""
        signature = self.private.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{text}.{encoded(signature)}"


@functools.cache
def standing_keys() -> tuple[Key, Key]:
    """The keys that every issuer begins with, made once, since making them takes long."""
    return Key("key-in-use"), Key("key-to-come")


class Issuer:
    """A tenant's issuer, serving its discovery documents and keys at `authority` until closed.

    `requests` are the paths asked for, in order. What it answers can be made wrong: `answers` has replies by path.
    While `held` is clear, it accepts requests and does not answer.
    """

    def __init__(self, ca: trustme.CA) -> None:
        self.keys = list(standing_keys())
        self.requests: list[str] = []
        self.answers: dict[str, tuple[int, bytes]] = {}
        self.held = threading.Event()
        self.held.set()
        self._asked = threading.Condition()
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        ca.issue_cert("127.0.0.1").configure_cert(self._tls)
        self._port = 0
        self.start()

    @property
    def authority(self) -> str:
        return f"https://127.0.0.1:{self._port}"

    def token(self, **changes: Any) -> str:
        """A good v2 token, save for the changes to its claims."""
        return self.keys[0].sign(self.keys[0].header(), claims_v2(**changes))

    def token_v1(self, **changes: Any) -> str:
        return self.keys[0].sign(self.keys[0].header(x5t=self.keys[0].id), claims_v1(**changes))

    def start(self) -> None:
        """Listen, on the same port as before if it was stopped."""
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, body = issuer.answer(self.path)
                self.send_response(status)
                self.send_header("Content-Type", "application/json; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        class Server(ThreadingHTTPServer):
            def handle_error(self, *_: Any) -> None:
                """A client that goes away is no failure of the test."""

        self._server = Server(("127.0.0.1", self._port), Handler)
        self._server.socket = self._tls.wrap_socket(self._server.socket, server_side=True)
        self._port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def stop(self) -> None:
        """Refuse connections."""
        self.held.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, path: str) -> tuple[int, bytes]:
        with self._asked:
            self.requests.append(path)
            self._asked.notify_all()
        self.held.wait()
        if path in self.answers:
            return self.answers[path]
        documents = {
            f"/{TENANT}/v2.0/.well-known/openid-configuration": {
                "issuer": ISSUER_V2,
                "authorization_endpoint": f"{self.authority}/{TENANT}/oauth2/v2.0/authorize",
                "token_endpoint": f"{self.authority}/{TENANT}/oauth2/v2.0/token",
                "jwks_uri": f"{self.authority}/{TENANT}/discovery/v2.0/keys",
            },
            f"/{TENANT}/.well-known/openid-configuration": {
                "issuer": ISSUER_V1,
                "jwks_uri": f"{self.authority}/common/discovery/keys",
            },
            f"/{TENANT}/discovery/v2.0/keys": {"keys": [key.entry() for key in self.keys]},
            "/common/discovery/keys": {"keys": [key.entry(issuer=...) for key in self.keys]},
        }
        return (200, json.dumps(documents[path]).encode()) if path in documents else (404, b"{}")

    def wait_for_requests(self, count: int) -> None:
        """Until this many requests have come in all."""
        with self._asked:
            assert self._asked.wait_for(lambda: len(self.requests) >= count, timeout=30), self.requests

    @property
    def fetches(self) -> int:
        """How often the key set was asked for."""
        return sum(path.endswith("/keys") for path in self.requests)
