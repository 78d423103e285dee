"""Route templates of HTTP triggers, such as `things/{id:int}/{*rest}`.

The host uses ASP.NET's templates (Azure Functions documentation, "Azure Functions HTTP trigger", "Customize the HTTP
endpoint"). Matching ignores case.
"""

import re

_PARAMETER = re.compile(r"\{(?P<star>\*{0,2})(?P<name>\w+)(?::(?P<kind>[^?}]+))?(?P<optional>\?)?\}")
_KINDS = {
    "": r"[^/]+",
    "int": r"-?\d+",
    "long": r"-?\d+",
    "guid": r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    "alpha": r"[a-z]+",
    "bool": r"true|false",
}


class UnsupportedRouteError(ValueError):
    """A template with something the host does not understand; the message names it and what is allowed."""


def compiled(template: str) -> re.Pattern[str]:
    """An expression for paths without a leading slash, with one named group per parameter.

    Raises `UnsupportedRouteError` for a constraint other than the known ones, and for stray braces.
    """
    pattern = ""
    for segment in template.strip("/").split("/"):
        found = _PARAMETER.fullmatch(segment)
        slash = "/" if pattern else ""
        if found is None:
            pattern += slash + _segment(segment, template)
        elif found["star"]:
            pattern += f"(?:{slash}(?P<{found['name']}>.*))?"
        elif found["optional"]:
            pattern += f"(?:{slash}(?P<{found['name']}>{_kind(found['kind'], template)}))?"
        else:
            pattern += slash + _parameter(found, template)
    return re.compile(pattern, re.IGNORECASE)


def _segment(segment: str, template: str) -> str:
    pattern, end = "", 0
    for found in _PARAMETER.finditer(segment):
        pattern += _literal(segment[end : found.start()], template) + _parameter(found, template)
        end = found.end()
    return pattern + _literal(segment[end:], template)


def _parameter(found: re.Match[str], template: str) -> str:
    return f"(?P<{found['name']}>{_kind(found['kind'], template)})"


def _kind(kind: str | None, template: str) -> str:
    try:
        return _KINDS[kind or ""]
    except KeyError:
        allowed = ", ".join(name for name in _KINDS if name)
        raise UnsupportedRouteError(
            f"The route '{template}' has the constraint '{kind}', which this host does not know. Allowed: {allowed}."
        ) from None


def _literal(text: str, template: str) -> str:
    if "{" in text or "}" in text:
        raise UnsupportedRouteError(
            f"The route '{template}' has a brace without a partner or a parameter without a name."
        )
    return re.escape(text)
