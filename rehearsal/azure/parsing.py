"""Bodies and queries: bytes as clients send them, made into values, or refused in the service's own words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NoReturn
from urllib.parse import parse_qsl

from rehearsal.azure.envelopes import malformed
from rehearsal.azure.errors import LoginError
from rehearsal.azure.routing import Service

LARGEST_BODY = 4 * 1024 * 1024
"""Bytes. Resource Manager's limit (Azure documentation, "Azure subscription and service limits")."""

_DEEPEST = 64
_LARGEST_NUMBER = 2**63


def query(service: Service, raw: str) -> dict[str, str]:
    """Decoded query parameters by lower-cased name; of a repeated one, the first."""
    values: dict[str, str] = {}
    try:
        for name, value in parse_qsl(raw, keep_blank_values=True, errors="strict", max_num_fields=100):
            values.setdefault(name.lower(), value)
    except ValueError as error:
        raise malformed(service, f"the query is malformed: {error}") from error
    return values


def body(service: Service, headers: Mapping[str, str], content: bytes) -> Any:
    """The parsed body: form fields for the login service, the bytes as they are for a deployment site, JSON for the
    others, None when there is none.
    """
    if len(content) > LARGEST_BODY:
        raise malformed(service, f"The request content is larger than {LARGEST_BODY} bytes.", status=413)
    if not content.strip():
        return {} if service is Service.LOGIN else None
    if service is Service.LOGIN:
        return _form(headers, content)
    if service is Service.DEPLOYMENT:
        return content
    try:
        value = json.loads(content.decode("utf-8-sig"), parse_constant=_refuse_constant)
        _check(value)
    except (ValueError, RecursionError) as error:
        raise malformed(service, str(error)) from error
    return value


def _form(headers: Mapping[str, str], content: bytes) -> dict[str, str]:
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in ("", "application/x-www-form-urlencoded"):
        raise LoginError(
            900144, "invalid_request", "The request body must contain the following parameter: 'grant_type'."
        )
    try:
        return dict(parse_qsl(content.decode(), keep_blank_values=True, errors="strict", max_num_fields=100))
    except ValueError as error:
        raise malformed(Service.LOGIN, str(error)) from error


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _check(value: Any, depth: int = 0) -> None:
    """Refuse what JSON allows and no store can keep: lone surrogates, bottomless nesting, numbers beyond 64 bits."""
    if depth > _DEEPEST:
        raise ValueError(f"more than {_DEEPEST} levels of nesting")
    if isinstance(value, str):
        value.encode()
        if "\x00" in value:
            raise ValueError("a string contains the character NUL")
    elif isinstance(value, int | float):
        if not -_LARGEST_NUMBER <= value < _LARGEST_NUMBER:
            raise ValueError("a number is out of range")
    elif isinstance(value, list):
        for item in value:
            _check(item, depth + 1)
    elif isinstance(value, dict):
        for key, item in value.items():
            _check(key, depth + 1)
            _check(item, depth + 1)
