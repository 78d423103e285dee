"""App Service's identity endpoint on loopback (Azure documentation, "Use managed identities for App Service")."""

import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

HEADER = "the-header-that-proves-it-is-the-app"


class IdentityEndpoint:
    """Answers with a token that `issue` makes, good for `life` seconds, until told otherwise.

    `resources` are those that tokens were asked for, in order. `failure`, if set, is the status and body to answer
    with. While `held` is clear, it does not answer. Its clock is `time.time`, virtual or not.
    """

    def __init__(self, issue: Callable[[], str], life: int = 86_400) -> None:
        self.resources: list[str] = []
        self.tokens: list[str] = []
        self.failure: tuple[int, bytes] | None = None
        self.held = threading.Event()
        self.held.set()
        self._asked = threading.Condition()
        self.issue, self.life = issue, life
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.headers["X-IDENTITY-HEADER"] != HEADER:
                    status, body = 403, b""
                else:
                    status, body = endpoint._answer(parse_qs(urlsplit(self.path).query)["resource"][0])
                self.send_response(status)
                self.send_header("Content-Type", "application/json; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        class Server(ThreadingHTTPServer):
            request_queue_size = 1024

        self._server = Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def environment(self) -> dict[str, str]:
        """What App Service puts into the app's environment."""
        return {
            "IDENTITY_ENDPOINT": f"http://127.0.0.1:{self._server.server_port}/msi/token",
            "IDENTITY_HEADER": HEADER,
        }

    def refuse(self, status: int, message: str) -> None:
        """Answer with an error of the platform's form."""
        self.failure = status, json.dumps({"statusCode": status, "message": message}).encode()

    def wait_for_requests(self, count: int) -> None:
        """Until this many requests have come in all."""
        with self._asked:
            assert self._asked.wait_for(lambda: len(self.resources) >= count, timeout=30), self.resources

    def close(self) -> None:
        self.held.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _answer(self, resource: str) -> tuple[int, bytes]:
        with self._asked:
            self.resources.append(resource)
            self._asked.notify_all()
        self.held.wait()
        if self.failure:
            return self.failure
        self.tokens.append(self.issue())
        expires_on = str(int(time.time()) + self.life)
        content = {"access_token": self.tokens[-1], "expires_on": expires_on, "resource": resource}
        return 200, json.dumps({**content, "token_type": "Bearer"}).encode()
