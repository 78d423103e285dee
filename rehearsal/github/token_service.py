"""GitHub's token service, on loopback: discovery, keys, and tokens for the one job that knows its request token."""

from __future__ import annotations

import hmac
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from rehearsal.github.job import ISSUER, Job


@dataclass(frozen=True)
class TokenService:
    """Where a job gets its tokens."""

    job: Job
    url: str
    """Where the issuer publishes its discovery document; the issuer's name stays GitHub's."""
    request_token: str = field(repr=False)

    def environment(self) -> dict[str, str]:
        """What the runner puts into the environment of a job with the permission `id-token: write` (GitHub Docs,
        "OpenID Connect reference", "Methods for requesting the OIDC token").
        """
        of = self.job.repository
        return {
            "ACTIONS_ID_TOKEN_REQUEST_URL": f"{self.url}/token?api-version=2.0",
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": self.request_token,
            "GITHUB_ACTIONS": "true",
            "GITHUB_EVENT_NAME": self.job.event,
            "GITHUB_REF": self.job.ref,
            "GITHUB_REPOSITORY": of.full_name,
            "GITHUB_REPOSITORY_ID": str(of.id),
            "GITHUB_REPOSITORY_OWNER": of.owner,
            "GITHUB_REPOSITORY_OWNER_ID": str(of.owner_id),
        }


@contextmanager
def serving(job: Job) -> Iterator[TokenService]:
    """Serve tokens for `job` for as long as the block runs, under a key that nobody had before."""
    server = _Server(job)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, name="GitHub's tokens")
    thread.start()
    try:
        yield TokenService(job, server.url, server.request_token)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, job: Job) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.job = job
        self.request_token = secrets.token_urlsafe(30)
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.key_id = secrets.token_hex(16)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def answer(self, path: str, audience: str, authorization: str) -> tuple[int, dict[str, Any]]:
        if path == "/.well-known/openid-configuration":
            return 200, {"issuer": ISSUER, "jwks_uri": f"{self.url}/.well-known/jwks"}
        if path == "/.well-known/jwks":
            public = jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
            return 200, {"keys": [{**public, "kid": self.key_id, "use": "sig", "alg": "RS256"}]}
        if path != "/token":
            return 404, {"message": "Not Found"}
        if not hmac.compare_digest(authorization.encode(), f"Bearer {self.request_token}".encode()):
            return 401, {"message": "The request token is not that of this job."}
        # Without an audience GitHub takes the address of the repository's owner.
        claims = self.job.claims(audience or f"https://github.com/{self.job.repository.owner}", int(time.time()))
        token = jwt.encode(claims, self.key, "RS256", headers={"kid": self.key_id})
        return 200, {"count": len(token), "value": token}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        audience = parse_qs(parts.query).get("audience", [""])[0]
        status, body = self.server.answer(parts.path, audience, self.headers.get("Authorization", ""))
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the name in the base class)
        """Says nothing: what a job asks for is nobody's business."""
