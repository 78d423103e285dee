"""Lists in pages: `value`, and `nextLink` when there is more."""

from typing import Any
from urllib.parse import quote

from rehearsal.azure.errors import ArmError
from rehearsal.azure.routing import Reply, Request

_MOST = 1000


def page(request: Request, items: list[Any]) -> Reply:
    """The part of a list that `$top` and `$skiptoken` ask for.

    `nextLink` is absolute and on the host the client used; clients follow it verbatim
    (Azure/azure-resource-manager-rpc, "Get resource collection"). Raises 400 for a `$top` or `$skiptoken` that is no
    positive number.
    """
    top = _number(request, "$top", _MOST)
    start = _number(request, "$skiptoken", 0)
    body: dict[str, Any] = {"value": items[start : start + top]}
    if start + top < len(items):
        kept = {name: value for name, value in request.query.items() if name != "$skiptoken"}
        query = "&".join(f"{quote(name)}={quote(value)}" for name, value in kept.items())
        body["nextLink"] = f"{request.base_url}{quote(request.path)}?{query}&%24skiptoken={start + top}"
    return Reply(body=body)


def _number(request: Request, name: str, default: int) -> int:
    text = request.query.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) <= 9 and int(text) > 0):
        raise ArmError(400, "InvalidQueryParameterValue", f"The value '{text}' of query parameter '{name}' is invalid.")
    return min(int(text), _MOST) if name == "$top" else int(text)
