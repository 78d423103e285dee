"""The JSON that the report reads, from a file or from standard input."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from access.errors import BadInputError

STDIN = "-"


def read(file: str, wanted: str) -> Any:
    """Returns the JSON document in `file` (`-`: standard input); `wanted` says what it should be, and how to get it.

    Windows PowerShell writes what it redirects in UTF-16: every encoding of Unicode is accepted.

    Raises BadInputError.
    """
    name = "Standard input" if file == STDIN else file
    try:
        content = sys.stdin.buffer.read() if file == STDIN else Path(file).read_bytes()
    except OSError as error:
        raise BadInputError(f"{name} cannot be read: {error.strerror or error}. Expected is {wanted}.") from error
    if not content.strip(b"\0 \t\r\n\xef\xbb\xbf\xfe\xff"):
        raise BadInputError(f"{name} is empty. Expected is {wanted}.")
    try:
        return json.loads(content)
    except RecursionError as error:
        raise BadInputError(f"{name} is nested too deeply to be what Pulumi writes. Expected is {wanted}.") from error
    except json.JSONDecodeError as error:
        if _is_stream(error.doc):
            raise BadInputError(
                f"{name} holds a stream of events, one a line, not the digest of a preview. "
                f"Unset PULUMI_ENABLE_STREAMING_JSON_PREVIEW. Expected is {wanted}."
            ) from error
        raise BadInputError(
            f"{name} is not JSON: {error.msg} at line {error.lineno}, column {error.colno}. Expected is {wanted}."
        ) from error
    except ValueError as error:
        raise BadInputError(f"{name} is not JSON in any encoding of Unicode. Expected is {wanted}.") from error


def _is_stream(document: str) -> bool:
    """Whether the text is what `pulumi preview --json` writes when it is told to stream its events."""
    try:
        first = json.loads(document.lstrip().partition("\n")[0])
    except (ValueError, RecursionError):
        return False
    return isinstance(first, dict) and "sequence" in first and "timestamp" in first
