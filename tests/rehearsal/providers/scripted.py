"""An HTTP server on loopback that answers as a test says: for what a well-behaved stand-in never does."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = {"access_token": "header.e30.signature", "expires_in": 3599}


@dataclass(frozen=True)
class Answer:
    """One answer; `body` is sent as JSON, or as it is when it is text."""

    status: int
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Script:
    """What was asked, and what is still to be answered: in order, the last answer again and again."""

    url: str
    asked: list[tuple[str, str, Any]] = field(default_factory=list)  # method, path with query, body
    answers: list[Answer] = field(default_factory=list)

    def next(self) -> Answer:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def _answer(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        sent = self.rfile.read(length).decode()
        if self.path.endswith("/oauth2/v2.0/token"):
            answer = Answer(200, TOKEN)
        else:
            script = self.server.script
            with self.server.lock:
                script.asked.append((self.command, self.path, json.loads(sent) if sent else None))
                answer = script.next()
        body = answer.body if isinstance(answer.body, str) else "" if answer.body is None else json.dumps(answer.body)
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value.replace("{url}", self.server.script.url))
        if answer.status != 204:
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        if answer.status != 204:
            self.wfile.write(body.encode())

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer  # noqa: N815 (named by the methods of HTTP)

    def log_message(self, *_: Any) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.lock = threading.Lock()
        self.script = Script(f"http://127.0.0.1:{self.server_port}")


@contextmanager
def scripted(answers: Sequence[Answer]) -> Iterator[Script]:
    """A server with these answers. In headers `{url}` stands for its own URL."""
    with _Server() as server:
        server.script.answers = list(answers)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.script
        finally:
            server.shutdown()
            thread.join()
