"""Why an API refuses a token: every reason, not only the one it meets first, with what would fix it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from access.token.claims import TIMES, Token
from workload.api.settings import Settings
from workload.api.tokens import LEEWAY, LONGEST_TOKEN

_HEADER = frozenset({"typ", "alg", "kid", "x5t"})
_NEEDED = ("aud", "exp", "iat", "iss", "nbf", "oid", "sub", "tid", "ver")


@dataclass(frozen=True)
class Reason:
    """One thing that is wrong with a token."""

    about: str
    """The claim or the header parameter."""
    problem: str
    fix: str
    of_token: bool = True
    """Whether the token itself is bad; False if it is good and does not open everything."""


def reasons(token: Token, settings: Settings, wanted: Sequence[str], now: float) -> list[Reason]:
    """Returns what is wrong with a token for the API that `settings` describes; `wanted` are the roles that it asks
    for, any one of which would do; `now` is in seconds since 1970.

    The signature is not looked at: the API's own validation says whether that is right.
    """
    return [
        *_of_form(token),
        *_missing(token),
        *_of_origin(token, settings),
        *_of_audience(token, settings),
        *_of_time(token, now),
        *_of_roles(token, wanted),
    ]


def _of_form(token: Token) -> Iterator[Reason]:
    header = token.header
    if len(token.raw) > LONGEST_TOKEN:
        yield Reason(
            "size",
            f"it has {len(token.raw)} characters, and the API reads {LONGEST_TOKEN}",
            "Let the API's registration send fewer claims (groupMembershipClaims, optionalClaims).",
        )
    if header.get("alg") != "RS256":
        what = "not signed at all" if str(header.get("alg")).lower() == "none" else f"signed with {header.get('alg')!r}"
        yield Reason("alg", f"it is {what}, and Entra signs with RS256", "Ask Entra for a token.")
    if header.get("typ", "JWT") != "JWT":
        yield Reason("typ", f"its type is {header.get('typ')!r}, not JWT", "Send an access token of Entra.")
    if not isinstance(header.get("kid"), str):
        yield Reason("kid", "it does not say which key signed it", "Ask Entra for a token.")
    if "nonce" in header:
        yield Reason(
            "nonce",
            "its header holds a nonce: it is a token for Microsoft Graph, which nobody else can verify",
            "Ask for a token with the API's own scope (API_SCOPE).",
        )
    foreign = sorted(header.keys() - _HEADER - {"nonce"})
    if foreign:
        yield Reason(
            "header",
            f"its header holds {', '.join(foreign)}, which Entra does not write and which could bring keys of its own",
            "Ask Entra for a token.",
        )


def _missing(token: Token) -> Iterator[Reason]:
    for name in _NEEDED:
        if token.claims.get(name) is None:
            yield Reason(
                name, "it is missing", "Ask Entra for an access token: an ID token, or another issuer's, lacks it."
            )
    if "azp" not in token.claims and "appid" not in token.claims:
        yield Reason(
            "azp", "neither azp nor appid says which application asked for it", "Ask Entra for an access token."
        )
    for name in ("oid", "azp", "appid"):
        if name in token.claims and token.claims[name] is not None and not isinstance(token.claims[name], str):
            yield Reason(name, "it is no text", "Ask Entra for a token.")


def _of_origin(token: Token, settings: Settings) -> Iterator[Reason]:
    tenant, issuer, version = (token.claims.get(name) for name in ("tid", "iss", "ver"))
    if tenant is not None and tenant != settings.tenant_id:
        yield Reason(
            "tid",
            f"it is of tenant {tenant}, and the API accepts {settings.tenant_id}",
            "Ask in the API's tenant: AZURE_TENANT_ID, or `az login --tenant`.",
        )
    if version is not None and version != settings.token_version:
        yield Reason(
            "ver",
            f"it is of version {version}, and the API accepts {settings.token_version}",
            f"Set requestedAccessTokenVersion of the API's registration to {settings.token_version[0]}; the caller "
            "cannot choose.",
        )
    if issuer is not None and issuer != settings.issuer:
        yield Reason(
            "iss",
            f"it was issued by {issuer}, and the API accepts {settings.issuer}",
            "It follows tenant and version: correct these; or API_ISSUER to the stack's output `issuer`.",
        )


def _of_audience(token: Token, settings: Settings) -> Iterator[Reason]:
    audience = token.claims.get("aud")
    if audience is None or audience == settings.audience:
        return
    fix = "Ask with the API's scope: API_SCOPE, the stack's output `scope`."
    if isinstance(audience, str) and audience.startswith("api://"):
        fix = (
            "If that is this API, its registration still issues version 1 tokens: set requestedAccessTokenVersion to "
            f"2. Else: {fix}"
        )
    yield Reason("aud", f"it is meant for {audience!r}, and the API is {settings.audience}", fix)


def _of_time(token: Token, now: float) -> Iterator[Reason]:
    times = {name: token.claims[name] for name in TIMES if token.claims.get(name) is not None}
    for name, value in sorted(times.items()):
        if type(value) is not int:
            yield Reason(name, "it is no whole number of seconds", "Ask Entra for a token.")
    end, begin = times.get("exp"), times.get("nbf")
    if type(end) is int and end + LEEWAY <= now:
        yield Reason(
            "exp",
            f"it ended {_ago(now - end)} ago",
            "Ask for a new one; a client that keeps tokens must renew them before they end.",
        )
    for name in ("nbf", "iat"):
        moment = begin if name == "nbf" else times.get("iat")
        if type(moment) is int and moment - LEEWAY > now:
            problem = (
                f"it begins in {_ago(moment - now)}" if name == "nbf" else f"it is dated {_ago(moment - now)} ahead"
            )
            yield Reason(name, problem, "Set the clock of the machine that checks it.")


def _of_roles(token: Token, wanted: Sequence[str]) -> Iterator[Reason]:
    roles = token.claims.get("roles")
    if roles is not None and (not isinstance(roles, list) or not all(isinstance(each, str) for each in roles)):
        yield Reason("roles", "it is no list of texts", "Ask Entra for a token.")
        return
    held = roles or []
    if "scp" in token.claims or token.claims.get("idtyp", "app") != "app":
        yield Reason(
            "idtyp",
            "it speaks for a user, and the API lets applications in only",
            "Call as an application: with a managed identity, or a client of its own.",
            of_token=False,
        )
    elif "idtyp" not in token.claims and _differ(token.claims.get("oid"), token.claims.get("sub")):
        yield Reason(
            "sub",
            "oid and sub differ and idtyp is missing, so it counts as a user's",
            "Call as an application, or add the optional claim idtyp to the API's registration.",
            of_token=False,
        )
    if not any(role in held for role in wanted):
        has = f"it holds {', '.join(held)}" if held else "it holds no role"
        yield Reason(
            "roles",
            f"{has}, and the API asks for {' or '.join(wanted)}",
            "Grant the role (keyless:grants), then ask for a new token. A managed identity's token is kept for about a "
            'day: grant before its code first asks (Azure documentation, "How to use managed identities").',
            of_token=False,
        )


def _differ(object_id: object, subject: object) -> bool:
    return object_id is not None and subject is not None and object_id != subject


def _ago(seconds: float) -> str:
    for size, name in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {name}{'s' * (count > 1)}"
    return f"{int(seconds)} seconds"
