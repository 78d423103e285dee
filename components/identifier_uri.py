"""Identifier URIs: the name of an API in the scope that its callers ask a token for."""

from __future__ import annotations

import re

from components.refusal import Refusal, nearest

DEFAULT = "api://{clientId}"
"""The form that never clashes with another application, alive or deleted."""
LENGTH = 255
PLACEHOLDERS = ("{clientId}", "{tenantId}")
"""Stand for ids that are not known when the configuration is written."""

_ALLOWED = (
    "api://{clientId}, api://{tenantId}/NAME, api://NAME/{clientId}, or https:// or api:// with a verified domain of "
    "the tenant, such as https://contoso.com/NAME; no trailing slash"
)
_GUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_PARTS = re.compile(r"(?P<scheme>api|https)://(?P<host>[^/]+)(?P<path>(?:/[^/]+)*)")
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
_FORBIDDEN_CHARACTER = re.compile(r"[^A-Za-z0-9:/._~-]")


def refusal(template: str) -> Refusal | None:
    """Says why the tenant policy would not take `template`, or None if it would.

    Placeholders `{clientId}` and `{tenantId}` stand for the ids, and have to: the one is not known yet, and the other
    would tie the configuration to a tenant that may be the wrong one. Whether a domain is verified only the tenant
    knows.

    Source: Microsoft identity platform, "Restrictions on identifier URIs of Microsoft Entra applications"; Microsoft
    Graph reference, "identifierUriConfiguration".
    """
    problem = _problem(template)
    if problem is None:
        return None
    return Refusal(problem=problem, allowed=_ALLOWED, instead=_repaired(template))


def resolve(template: str, *, tenant_id: str, client_id: str) -> str:
    """Returns the URI that `template` means for the application `client_id` in the tenant `tenant_id`."""
    return template.replace("{clientId}", client_id).replace("{tenantId}", tenant_id)


def needs_client_id(template: str) -> bool:
    """Whether the URI is known only after the application exists."""
    return "{clientId}" in template


def _problem(template: str) -> str | None:
    bare = template
    for placeholder in PLACEHOLDERS:
        bare = bare.replace(placeholder, "")
    unknown = re.search(r"\{[^{}/]*\}", bare)
    forbidden = _FORBIDDEN_CHARACTER.search(bare)
    literal = _GUID.search(template)
    parts = _PARTS.fullmatch(template)
    if not template:
        return "'' is empty."
    if unknown:
        return f"{template!r} contains {unknown.group()}, which stands for nothing."
    if forbidden:
        return f"{template!r} contains {forbidden.group()!r}."
    if template.endswith("/"):
        return f"{template!r} ends with a slash."
    if len(resolve(template, tenant_id="0" * 36, client_id="0" * 36)) > LENGTH:
        return f"{template!r} is longer than {LENGTH} characters."
    if literal:
        return f"{template!r} contains the id {literal.group()} instead of a placeholder."
    if parts is None:
        return f"{template!r} is not a URI that begins with api:// or https:// and has no empty part."
    return _problem_of_host(template, parts["scheme"], parts["host"], parts["path"])


def _problem_of_host(template: str, scheme: str, host: str, path: str) -> str | None:
    """Looks for what ties the URI to this tenant: the policy's one demand."""
    segments = path.split("/")[1:]
    if _DOMAIN.fullmatch(host):
        if host.endswith(".onmicrosoft.com") and not segments:
            return f"{template!r} has nothing after the tenant's initial domain."
        return None
    if scheme == "https":
        return f"{template!r} has no verified domain: {host!r} is not a domain name."
    if host == "{tenantId}" and not segments:
        return f"{template!r} has nothing after the tenant's id."
    if any(part in PLACEHOLDERS for part in (host, *segments)):
        return None
    return f"{template!r} contains no tenant id, application id or verified domain."


def _repaired(template: str) -> str | None:
    """Returns an acceptable URI near `template`: slashes trimmed, placeholders put in and spelt right."""
    trimmed = template.strip().rstrip("/")
    spelt = re.sub(r"\{[^{}/]*\}", lambda found: nearest(found.group(), PLACEHOLDERS) or found.group(), trimmed)
    name = re.sub(r"^[a-z]+:/*", "", spelt)
    candidates = (
        spelt,
        re.sub(rf"{_GUID.pattern}$", "{clientId}", spelt),
        _GUID.sub("{tenantId}", spelt),
        f"api://{{tenantId}}/{name}",
    )
    return next((candidate for candidate in candidates if _problem(candidate) is None), None)
