"""`$filter` of resource lists: by type, by name, by tag (REST reference, "Resources - List")."""

import re
from typing import Any

from rehearsal.azure.errors import ArmError
from rehearsal.azure.routing import Request

_CONDITION = re.compile(r"\s*(resourceType|name|location|tagName|tagValue)\s+eq\s+'((?:[^']|'')*)'\s*", re.IGNORECASE)


def apply(request: Request, documents: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The documents that `$filter` lets through. Raises 400 `InvalidFilterInQueryString` for a filter not
    understood.
    """
    text = request.query.get("$filter")
    if not text:
        return documents
    wanted = {}
    for condition in re.split(r"\sand\s", text, flags=re.IGNORECASE):
        found = _CONDITION.fullmatch(condition)
        if not found:
            raise ArmError(
                400,
                "InvalidFilterInQueryString",
                f"Invalid $filter '{text}' specified in the query string. The stand-in models: resourceType, name, "
                "location, tagName and tagValue, each with eq and a quoted value, joined by and.",
            )
        wanted[found[1].lower()] = found[2].replace("''", "'")
    return [document for document in documents if _fits(document, wanted)]


def _fits(document: dict[str, Any], wanted: dict[str, str]) -> bool:
    for name, field in (("resourcetype", "type"), ("name", "name"), ("location", "location")):
        if name in wanted and document.get(field, "").lower() != wanted[name].lower():
            return False
    tags = {name.lower(): value for name, value in (document.get("tags") or {}).items()}
    tag = wanted.get("tagname")
    if tag is not None and tag.lower() not in tags:
        return False
    if "tagvalue" not in wanted:
        return True
    values = [tags[tag.lower()]] if tag is not None else list(tags.values())
    return wanted["tagvalue"] in values
