"""What the tool says of tokens, good and bad, as a user pipes them in."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
import pytest

from tests.access.token.conftest import Authority
from tests.workload.issuer import API, CLIENT, ISSUER_V2, TENANT, After, Issuer, Key, claims_v2, encoded

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
    return subprocess.run(
        [sys.executable, "-m", "access", "token", *arguments],
        cwd=ROOT,
        env={**os.environ, **settings, **variables},
        input=token,
        capture_output=True,
        text=True,
        check=False,
    )


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


REFUSED: dict[str, tuple[Callable[[Issuer], str], set[str]]] = {
    "without a role": (saying(roles=...), {"roles"}),
    "with an empty list of roles": (saying(roles=[]), {"roles"}),
    "with another API's role": (saying(roles=["Mail.Send"]), {"roles"}),
    "with a role in another case": (saying(roles=["things.read.all"]), {"roles"}),
    "with a role that is no list": (saying(roles="Things.Read.All"), {"roles"}),
    "for another API": (saying(aud="00000000-1111-4222-8333-444444444444"), {"aud"}),
    "for several APIs": (saying(aud=[API, "another"]), {"aud"}),
    "for the identifier URI": (saying(aud=f"api://{API}"), {"aud"}),
    "of version 1": (lambda issuer: issuer.token_v1(), {"ver", "iss", "aud"}),
    "of another tenant": (
        saying(tid=OTHER_TENANT, iss=f"https://login.microsoftonline.com/{OTHER_TENANT}/v2.0"),
        {"tid", "iss"},
    ),
    "of another tenant with our issuer": (saying(tid=OTHER_TENANT), {"tid"}),
    "of another issuer": (saying(iss="https://accounts.example.com"), {"iss"}),
    "that has ended": (saying(exp=After(-7200)), {"exp"}),
    "that has not begun": (saying(nbf=After(7200)), {"nbf"}),
    "issued in the future": (saying(iat=After(7200)), {"iat"}),
    "whose end is no whole number": (saying(exp=After(3600.5)), {"exp"}),
    "without an end": (saying(exp=...), {"exp"}),
    "without an object id": (saying(oid=...), {"oid"}),
    "without a client": (saying(azp=...), {"azp"}),
    "that is not signed": (unsigned, {"alg"}),
    "signed with a shared secret": (with_secret, {"alg"}),
    "that was changed": (changed, {"signature"}),
    "of a key nobody publishes": (by_a_foreign_key, {"signature"}),
    "of a key that only has a known name": (by_a_foreign_key_of_a_known_name, {"signature"}),
    "that brings its own key": (with_header(jwk={"kty": "RSA"}), {"header"}),
    "that names no key": (with_header(kid=...), {"kid"}),
    "for Microsoft Graph": (with_header(nonce="abc"), {"nonce"}),
    "that is no access token": (with_header(typ="dpop+jwt"), {"typ"}),
    "with everything wrong": (
        saying(aud="x", iss="y", tid="z", ver="1.0", exp=After(-7200), roles=...),
        {"aud", "iss", "tid", "ver", "exp", "roles"},
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


@pytest.mark.parametrize(("make", "about"), REFUSED.values(), ids=REFUSED.keys())
def test_every_reason_is_told_with_what_would_fix_it(
    authority: Authority, make: Callable[[Issuer], str], about: set[str]
) -> None:
    status, explanation = explained(authority, make(authority.issuer))
    assert status == 3
    assert {each["about"] for each in explanation["reasons"]} == about
    assert all(each["problem"] and each["fix"] for each in explanation["reasons"])
    assert all(each["status"] in (401, 403) for each in explanation["answers"])


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
