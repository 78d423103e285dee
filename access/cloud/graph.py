"""Microsoft Graph: directory objects singly, by pages and in batches."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from access.cloud.progress import Progress
from access.cloud.service import Answer, Service, pause_of

LARGEST_BATCH = 20
"""Requests in one batch (Microsoft Graph documentation, "Combine multiple HTTP requests using JSON batching")."""
_PAGE = "999"
_ROUNDS = 6
_BUSY = frozenset({429, 502, 503, 504})

APP_ID = "00000003-0000-0000-c000-000000000000"
"""Microsoft Graph's own client id, in every tenant."""


class Graph:
    """Microsoft Graph v1.0 as one signed-in client sees it."""

    def __init__(self, service: Service, progress: Progress, sleep: Callable[[float], None] = time.sleep) -> None:
        """`service` is Graph's; `sleep` waits for seconds."""
        self.service = service
        self._progress = progress
        self._sleep = sleep

    def get(self, path: str, **options: str) -> dict[str, Any]:
        """Returns an object; `options` are query options without their `$`. Raises RefusedError."""
        return self.service.get(f"/v1.0{path}", _query(options))

    def pages(self, path: str, told: str = "", **options: str) -> Iterator[dict[str, Any]]:
        """Yields a collection's items; `told` says in the progress what is being read. Raises RefusedError."""
        return self.service.pages(
            f"/v1.0{path}", _query({"top": _PAGE, **options}), following="@odata.nextLink", told=told
        )

    def batch(self, paths: Sequence[str]) -> list[Answer]:
        """Returns the answers to GETs of `paths`, in their order, twenty to a request.

        Those that are throttled inside a batch are asked again after the longest time that any of them names, as the
        documentation asks for ("Microsoft Graph throttling guidance", "Throttling and batching").

        Raises RefusedError if a batch as a whole is refused.
        """
        answers: dict[int, Answer] = {}
        left = list(range(len(paths)))
        for attempt in range(1, _ROUNDS + 1):
            throttled: list[int] = []
            for start in range(0, len(left), LARGEST_BATCH):
                part = left[start : start + LARGEST_BATCH]
                for index, answer in self._together({index: paths[index] for index in part}).items():
                    answers[index] = answer
                    if answer.status in _BUSY:
                        throttled.append(index)
            left = throttled
            if not left or attempt == _ROUNDS:
                break
            pause = max(pause_of(answers[index].headers.get("retry-after"), attempt) for index in left)
            self._progress.say(f"Microsoft Graph is busy with {len(left)} of the questions; waiting {pause:.0f} s")
            self._sleep(pause)
        return [answers[index] for index in range(len(paths))]

    def found(self, paths: Sequence[str]) -> list[dict[str, Any] | None]:
        """Returns the objects at `paths`; None for what is not there. Raises RefusedError for every other refusal."""
        found: list[dict[str, Any] | None] = []
        for path, answer in zip(paths, self.batch(paths), strict=True):
            if answer.status == 404:
                found.append(None)
                continue
            self.service.check(f"GET {path.partition('?')[0]}", answer)
            found.append(dict(answer.body or {}))
        return found

    def _together(self, paths: Mapping[int, str]) -> dict[int, Answer]:
        body = {"requests": [{"id": str(index), "method": "GET", "url": path} for index, path in paths.items()]}
        answer = self.service.send("POST", "/v1.0/$batch", body=body)
        self.service.check("POST $batch", answer)
        replies = {int(reply["id"]): reply for reply in (answer.body or {}).get("responses", [])}
        # A question without an answer is asked again, as one that was throttled.
        return {
            index: Answer(
                replies[index]["status"],
                replies[index].get("body"),
                {name.lower(): str(value) for name, value in (replies[index].get("headers") or {}).items()},
            )
            if index in replies
            else Answer(503)
            for index in paths
        }


def query(path: str, **options: str) -> str:
    """Returns `path` with query options, for a batch."""
    return f"{path}?{urlencode(_query(options), safe='$,')}"


def quoted(text: str) -> str:
    """Returns a text for an OData filter."""
    return "'" + text.replace("'", "''") + "'"


def _query(options: Mapping[str, str]) -> dict[str, str]:
    return {f"${name}": value for name, value in options.items()}
