"""What the tool says of tokens, good and bad, as a user pipes them in."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
import pytest

from tests.access.token.conftest import Authority
from tests.in_process import run_access
from tests.workload.issuer import API, CLIENT, ISSUER_V2, PRINCIPAL, TENANT, After, Issuer, Key, claims_v2, encoded

ROOT = Path(__file__).parents[3]
OTHER_TENANT = "22222222-3333-4444-8555-666666666666"


def explain(authority: Authority, token: str, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    settings = {
        "API_AUDIENCE": API,
        "API_ISSUER": ISSUER_V2,
        "API_TENANT_ID": TENANT,
        "AZURE_AUTHORITY_HOST": authority.issuer.authority,
        "SSL_CERT_FILE": str(authority.ca_file),
    }
    return run_access(["token", *arguments], {**os.environ, **settings, **variables}, ROOT, token)


def explained(authority: Authority, token: str) -> tuple[int, dict[str, Any]]:
    """Returns exit status and explanation, after checking that nothing of the token itself is in it."""
    written, document = explain(authority, token), explain(authority, token, "--format", "json")
    for output in (written.stdout, written.stderr, document.stdout, document.stderr):
        assert "Traceback" not in output
        for part in token.split("."):
            assert len(part) < 20 or part not in output, "the token must not be shown"
    assert written.returncode == document.returncode, written.stderr
    return document.returncode, json.loads(document.stdout)


def unsigned(issuer: Issuer) -> str:
    header, claims = {"typ": "JWT", "alg": "none", "kid": issuer.keys[0].id}, claims_v2()
    return ".".join(encoded(json.dumps(part).encode()) for part in (header, claims)) + "."


def changed(issuer: Issuer) -> str:
    header, _, signature = issuer.token().split(".")
    return (
        f"{header}.{encoded(json.dumps(claims_v2(roles=['Things.Write.All', 'Things.Read.All'])).encode())}.{signature}"
    )


def with_secret(issuer: Issuer) -> str:
    return jwt.encode(claims_v2(), "k" * 32, "HS256", {"kid": issuer.keys[0].id})


def with_header(**changes: Any) -> Callable[[Issuer], str]:
    return lambda issuer: issuer.keys[0].sign(issuer.keys[0].header(**changes), claims_v2())


def by_a_foreign_key(issuer: Issuer) -> str:
    foreign = Key("foreign")
    return foreign.sign(foreign.header(), claims_v2())


def by_a_foreign_key_of_a_known_name(issuer: Issuer) -> str:
    foreign = Key(issuer.keys[0].id)
    return foreign.sign(foreign.header(), claims_v2())


def saying(**changes: Any) -> Callable[[Issuer], str]:
    return lambda issuer: issuer.token(**changes)


FORGED = "it is not signed by a key that the issuer publishes, or was changed afterwards"
ASKED = "and the API asks for Things.Read.All or Things.Write.All"
FOREIGN_ISSUER = f"https://login.microsoftonline.com/{OTHER_TENANT}/v2.0"
REFUSED: dict[str, tuple[Callable[[Issuer], str], dict[str, str]]] = {
    "without a role": (saying(roles=...), {"roles": f"it holds no role, {ASKED}"}),
    "with an empty list of roles": (saying(roles=[]), {"roles": f"it holds no role, {ASKED}"}),
    "with another API's role": (saying(roles=["Mail.Send"]), {"roles": f"it holds Mail.Send, {ASKED}"}),
    "with a role in another case": (saying(roles=["things.read.all"]), {"roles": f"it holds things.read.all, {ASKED}"}),
    "with a role that is no list": (saying(roles="Things.Read.All"), {"roles": "it is no list of texts"}),
    "for another API": (
        saying(aud="00000000-1111-4222-8333-444444444444"),
        {"aud": f"it is meant for '00000000-1111-4222-8333-444444444444', and the API is {API}"},
    ),
    "for several APIs": (
        saying(aud=[API, "another"]),
        {"aud": f"it is meant for ['{API}', 'another'], and the API is {API}"},
    ),
    "for the identifier URI": (
        saying(aud=f"api://{API}"),
        {"aud": f"it is meant for 'api://{API}', and the API is {API}"},
    ),
    "of version 1": (
        lambda issuer: issuer.token_v1(),
        {
            "ver": "it is of version 1.0, and the API accepts 2.0",
            "iss": f"it was issued by https://sts.windows.net/{TENANT}/, and the API accepts {ISSUER_V2}",
            "aud": f"it is meant for 'api://{API}', and the API is {API}",
        },
    ),
    "of another tenant": (
        saying(tid=OTHER_TENANT, iss=FOREIGN_ISSUER),
        {
            "tid": f"it is of tenant {OTHER_TENANT}, and the API accepts {TENANT}",
            "iss": f"it was issued by {FOREIGN_ISSUER}, and the API accepts {ISSUER_V2}",
        },
    ),
    "of another tenant with our issuer": (
        saying(tid=OTHER_TENANT),
        {"tid": f"it is of tenant {OTHER_TENANT}, and the API accepts {TENANT}"},
    ),
    "of another issuer": (
        saying(iss="https://accounts.example.com"),
        {"iss": f"it was issued by https://accounts.example.com, and the API accepts {ISSUER_V2}"},
    ),
    "that has ended": (saying(exp=After(-7200)), {"exp": "it ended 2 hours ago"}),
    "that ended yesterday": (saying(exp=After(-90_000)), {"exp": "it ended 1 day ago"}),
    "that has not begun": (saying(nbf=After(7260)), {"nbf": "it begins in 2 hours"}),
    "issued in the future": (saying(iat=After(7260)), {"iat": "it is dated 2 hours ahead"}),
    "whose end is no whole number": (saying(exp=After(3600.5)), {"exp": "it is no whole number of seconds"}),
    "without an end": (saying(exp=...), {"exp": "it is missing"}),
    "without an object id": (saying(oid=...), {"oid": "it is missing"}),
    "without a client": (saying(azp=...), {"azp": "neither azp nor appid says which application asked for it"}),
    "whose client is no text": (saying(azp=5), {"azp": "it is no text"}),
    "that is not signed": (unsigned, {"alg": "it is not signed at all, and Entra signs with RS256"}),
    "signed with a shared secret": (with_secret, {"alg": "it is signed with 'HS256', and Entra signs with RS256"}),
    "that was changed": (changed, {"signature": f"{FORGED} (InvalidSignatureError)"}),
    "of a key nobody publishes": (by_a_foreign_key, {"signature": f"{FORGED} (unknown key id)"}),
    "of a key that only has a known name": (
        by_a_foreign_key_of_a_known_name,
        {"signature": f"{FORGED} (InvalidSignatureError)"},
    ),
    "that brings its own key": (
        with_header(jwk={"kty": "RSA"}),
        {"header": "its header holds jwk, which Entra does not write and which could bring keys of its own"},
    ),
    "that names no key": (with_header(kid=...), {"kid": "it does not say which key signed it"}),
    "for Microsoft Graph": (
        with_header(nonce="abc"),
        {"nonce": "its header holds a nonce: it is a token for Microsoft Graph, which nobody else can verify"},
    ),
    "that is no access token": (with_header(typ="dpop+jwt"), {"typ": "its type is 'dpop+jwt', not JWT"}),
    "that is too long": (
        lambda issuer: issuer.token(groups=[OTHER_TENANT] * 400),
        {"size": "it has {length} characters, and the API reads 16384"},
    ),
    "with everything wrong": (
        saying(aud="x", iss="y", tid="z", ver="1.0", exp=After(-7200), roles=...),
        {
            "aud": f"it is meant for 'x', and the API is {API}",
            "iss": f"it was issued by y, and the API accepts {ISSUER_V2}",
            "tid": f"it is of tenant z, and the API accepts {TENANT}",
            "ver": "it is of version 1.0, and the API accepts 2.0",
            "exp": "it ended 2 hours ago",
            "roles": f"it holds no role, {ASKED}",
        },
    ),
}


@pytest.mark.parametrize(
    ("changes", "about"),
    [({"scp": "access_as_user", "sub": "somebody", "idtyp": "user"}, "idtyp"), ({"sub": "somebody"}, "sub")],
    ids=["by its scopes", "by its ids"],
)
def test_a_users_token_opens_only_what_is_for_users_too(
    authority: Authority, changes: dict[str, str], about: str
) -> None:
    status, explanation = explained(authority, authority.issuer.token(**changes))
    answers = {each["operation"]: each["status"] for each in explanation["answers"]}
    assert (status, answers) == (0, {"GET /things": 403, "POST /things": 403, "GET /whoami": 200})
    assert [each["about"] for each in explanation["reasons"]] == [about]


def test_a_good_token_opens_what_its_role_opens(authority: Authority) -> None:
    status, explanation = explained(authority, authority.issuer.token())
    answers = {each["operation"]: each["status"] for each in explanation["answers"]}
    assert (status, explanation["verified"], answers) == (
        0,
        True,
        {"GET /things": 200, "POST /things": 403, "GET /whoami": 200},
    )
    assert explanation["claims"]["azp"] == CLIENT


def test_a_token_with_bearer_before_it_is_the_same_token(authority: Authority) -> None:
    assert explain(authority, f"Bearer {authority.issuer.token()}\n").returncode == 0


EXPLAINED = f"""\
Claims:
! aud: api://{API}  - for whom the token is meant
  iss: {ISSUER_V2}  - who issued it
  tid: {TENANT}  - the tenant it was issued in
  ver: 2.0  - the version of its form, decided by the API's registration (requestedAccessTokenVersion)
  oid: {PRINCIPAL}  - the object id of who it speaks for
  sub: {PRINCIPAL}  - who it speaks for, as this API knows it; equals oid for an application
  azp: {CLIENT}  - the client id of the application that asked for it (version 2)
  azpacr: 2  - how the application proved itself: 0 not at all, 1 by a secret, 2 by a certificate or an identity
  iat: DATE  - when it was issued
  nbf: DATE  - from when it is valid
! exp: DATE  - until when it is valid
  uti: Zm9vYmFyYmF6cXV4MDEyAA  - its own number, for logs
  rh: 1.AXkA.  - used by Entra itself

Header: alg RS256, kid key-in-use
Signature and claims: not accepted

What the API answers:
  GET /things: 401 The access token is not valid for this API. [ExpiredSignatureError]
  POST /things: 401 The access token is not valid for this API. [ExpiredSignatureError]
  GET /whoami: 401 The access token is not valid for this API. [ExpiredSignatureError]

Why not, and what would fix it:
  aud: it is meant for 'api://{API}', and the API is {API}.
    If that is this API, its registration still issues version 1 tokens: set requestedAccessTokenVersion to 2. \
Else: Ask with the API's scope: API_SCOPE, the stack's output `scope`.
  exp: it ended 2 hours ago.
    Ask for a new one; a client that keeps tokens must renew them before they end.
  roles: it holds no role, {ASKED}.
    Grant the role (keyless:grants), then ask for a new token. A managed identity's token is kept for about a day: \
grant before its code first asks (Azure documentation, "How to use managed identities").
"""


@pytest.mark.parametrize(("make", "problems"), REFUSED.values(), ids=REFUSED.keys())
def test_every_reason_is_told_with_what_would_fix_it(
    authority: Authority, make: Callable[[Issuer], str], problems: dict[str, str]
) -> None:
    token = make(authority.issuer)
    status, explanation = explained(authority, token)
    assert status == 3
    told = {each["about"]: each["problem"] for each in explanation["reasons"]}
    assert told == {about: problem.replace("{length}", str(len(token))) for about, problem in problems.items()}
    assert all(each["fix"].endswith(".") or "`" in each["fix"] for each in explanation["reasons"])
    opened = 403 if problems.keys() == {"roles"} and "no list" not in problems["roles"] else 401
    answers = {each["operation"]: each["status"] for each in explanation["answers"]}
    assert answers == {"GET /things": opened, "POST /things": opened, "GET /whoami": opened}


def test_an_explanation_reads_like_this(authority: Authority) -> None:
    token = authority.issuer.token(aud=f"api://{API}", roles=..., exp=After(-7200))
    result = explain(authority, token)
    dated = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC \(\d+\)", "DATE", result.stdout)
    assert (result.returncode, dated, result.stderr) == (3, EXPLAINED, "")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "There is no token: the input is empty."),
        ("hello", "it has 1 parts separated by dots"),
        ("a.b.c.d.e", "This is an encrypted token"),
        ("a.b.c", "its header cannot be read as a JSON object"),
        ("e30.W10.x", "its claims cannot be read as a JSON object"),
        ("x" * 70_000, "The input has 70000 characters"),
    ],
)
def test_what_is_no_token_is_called_so(authority: Authority, text: str, said: str) -> None:
    result = explain(authority, text)
    assert (result.returncode, result.stdout) == (1, "")
    assert said in result.stderr


def test_without_keys_the_claims_are_explained_all_the_same(authority: Authority) -> None:
    result = explain(authority, authority.issuer.token(roles=...), AZURE_AUTHORITY_HOST="https://127.0.0.1:9")
    assert result.returncode == 3
    assert "not checked: the issuer's keys cannot be had" in result.stdout
    assert "roles: it holds no role, and the API asks for Things.Read.All or Things.Write.All" in result.stdout


def test_an_api_that_nobody_names_is_asked_for(authority: Authority) -> None:
    result = explain(authority, authority.issuer.token(), API_AUDIENCE="", API_ISSUER="", API_TENANT_ID="")
    assert result.returncode == 1
    assert "API_AUDIENCE is missing: set it to the stack's output `audience`." in result.stderr


def test_a_token_is_never_an_argument(authority: Authority) -> None:
    assert explain(authority, "", authority.issuer.token()).returncode == 2


def test_a_claim_cannot_write_to_the_terminal(authority: Authority) -> None:
    result = explain(authority, authority.issuer.token(app_displayname="\x1b[2Jgone"))
    assert "\x1b" not in result.stdout
