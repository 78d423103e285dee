"""GitHub's API for comments on pull requests, on loopback, and a `gh` that speaks to it.

Source: GitHub REST API, "Issue comments"; GitHub CLI manual, `gh api`. Run as a script, this file is that `gh`: it
takes the flags that the workflows use and refuses all others.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import jq  # type: ignore[import-not-found] # compiled, and without types

TOKEN = "token-that-may-write"
LONGEST = 65_536


@dataclass
class PullRequest:
    """The comments on pull request 7 of `example/keyless`."""

    comments: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""
    requests: list[str] = field(default_factory=list)

    def add(self, author: str, body: str) -> int:
        """Adds a comment of somebody's; returns its id."""
        number = 1000 + len(self.comments)
        self.comments.append({"id": number, "user": {"login": author}, "body": body})
        return number

    def by(self, author: str) -> list[str]:
        """Returns the texts of somebody's comments."""
        return [each["body"] for each in self.comments if each["user"]["login"] == author]


@contextmanager
def served() -> Iterator[PullRequest]:
    """Serves a pull request without comments for as long as the block runs."""
    pull_request = PullRequest()

    class Handler(_Handler):
        about = pull_request

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        pull_request.url = f"http://127.0.0.1:{server.server_port}"
        thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield pull_request
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    about: PullRequest

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        if asked.path != "/repos/example/keyless/issues/7/comments":
            self._answer(404, {"message": "Not Found"})
            return
        query = {name: int(values[0]) for name, values in parse_qs(asked.query).items()}
        size, page = min(query.get("per_page", 30), 100), query.get("page", 1)
        found = self.about.comments[(page - 1) * size : page * size]
        more = len(self.about.comments) > page * size
        following = f'<{self.about.url}{asked.path}?per_page={size}&page={page + 1}>; rel="next"'
        self._answer(200, found, {"Link": following} if more else {})

    def do_POST(self) -> None:
        if self.path == "/repos/example/keyless/issues/7/comments" and self._may_write():
            body = self._body()
            if body is not None:
                number = self.about.add("github-actions[bot]", body)
                self._answer(201, {"id": number})

    def do_PATCH(self) -> None:
        found = re.fullmatch(r"/repos/example/keyless/issues/comments/(\d+)", self.path)
        if found and self._may_write():
            body = self._body()
            (comment,) = (each for each in self.about.comments if each["id"] == int(found[1]))
            if body is not None:
                comment["body"] = body
                self._answer(200, {"id": comment["id"]})

    def _may_write(self) -> bool:
        if self.headers["Authorization"] == f"token {TOKEN}":
            return True
        self._answer(403, {"message": "Resource not accessible by integration"})
        return False

    def _body(self) -> str | None:
        content = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if content.keys() == {"body"} and 0 < len(content["body"]) <= LONGEST:
            return str(content["body"])
        self._answer(422, {"message": "Validation Failed"})
        return None

    def _answer(self, status: int, content: Any, headers: dict[str, str] | None = None) -> None:
        self.about.requests.append(f"{self.command} {self.path} {status}")
        written = json.dumps(content).encode()
        self.send_response(status)
        for name, value in {**(headers or {}), "Content-Length": str(len(written))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(written)

    def log_message(self, *_: object) -> None:
        """Keeps quiet."""


def gh(arguments: list[str]) -> int:
    """`gh api`; returns its exit status."""
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("command", choices=["api"])
    parser.add_argument("path")
    parser.add_argument("--method", default="GET", choices=["GET", "POST", "PATCH"])
    parser.add_argument("--paginate", action="store_true")
    parser.add_argument("--silent", action="store_true")
    parser.add_argument("--field", action="append", default=[])
    parser.add_argument("--jq")
    options = parser.parse_args(arguments)
    fields = dict(field.partition("=")[::2] for field in options.field)
    body = {
        name: Path(value[1:]).read_text(encoding="utf-8") if value.startswith("@") else value
        for name, value in fields.items()
    }
    url: str | None = f"{os.environ['FAKE_GITHUB']}/{options.path}"
    headers = {"Authorization": f"token {os.environ['GH_TOKEN']}"}
    while url:
        answer = httpx.request(options.method, url, json=body or None, headers=headers, trust_env=False)
        if answer.is_error:
            sys.stderr.write(f"gh: {answer.json()['message']} (HTTP {answer.status_code})\n")
            return 1
        if not options.silent:
            found = jq.compile(options.jq or ".").input_value(answer.json()).all()
            sys.stdout.writelines(f"{each if isinstance(each, str) else json.dumps(each)}\n" for each in found)
        url = answer.links.get("next", {}).get("url") if options.paginate else None
    return 0


if __name__ == "__main__":
    sys.exit(gh(sys.argv[1:]))
