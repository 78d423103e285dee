"""Tokens that the issuer did sign, for somebody else, for another time, or for a principal that may do less."""

from typing import Any

import httpx
import pytest

from tests.workload.issuer import API, CLIENT, ISSUER_V1, ISSUER_V2, PRINCIPAL, TENANT, After, Issuer, claims_v1

OTHER = "22222222-3333-4444-8555-666666666666"

# By name, the changes to the claims of a good token; `...` leaves a claim out.
NOT_FOR_THIS_API: dict[str, dict[str, Any]] = {
    "aud of another API": {"aud": OTHER},
    "aud of Microsoft Graph": {"aud": "https://graph.microsoft.com"},
    "aud of Microsoft Graph by id": {"aud": "00000003-0000-0000-c000-000000000000"},
    "aud the identifier URI, as in v1 tokens": {"aud": f"api://{API}"},
    "aud a list with this API alone": {"aud": [API]},
    "aud a list with this API and another": {"aud": [API, OTHER]},
    "aud an empty list": {"aud": []},
    "aud an object": {"aud": {API: True}},
    "aud empty": {"aud": ""},
    "aud null": {"aud": None},
    "aud missing": {"aud": ...},
    "aud in other letters": {"aud": API.replace("9", "\uff19")},
    "aud with a slash": {"aud": f"{API}/"},
    "aud with a blank": {"aud": f"{API} "},
    "aud the beginning of this API's": {"aud": API[:-1]},
    "aud this API's and more": {"aud": f"{API}0"},
    "aud a pattern": {"aud": "*"},
    "iss of another tenant": {"iss": ISSUER_V2.replace(TENANT, OTHER)},
    "iss of another tenant, tid of this one": {"iss": ISSUER_V2.replace(TENANT, OTHER), "tid": TENANT},
    "iss of the template": {"iss": "https://login.microsoftonline.com/{tenantid}/v2.0"},
    "iss of v1": {"iss": ISSUER_V1},
    "iss with a slash": {"iss": f"{ISSUER_V2}/"},
    "iss without version": {"iss": ISSUER_V2.removesuffix("/v2.0")},
    "iss with another version": {"iss": ISSUER_V2.replace("v2.0", "v2.00")},
    "iss without TLS": {"iss": ISSUER_V2.replace("https", "http")},
    "iss in upper case": {"iss": ISSUER_V2.upper()},
    "iss with a port": {"iss": ISSUER_V2.replace(".com", ".com:443")},
    "iss with a user": {"iss": ISSUER_V2.replace("https://", "https://login.microsoftonline.com@")},
    "iss with a fragment": {"iss": f"{ISSUER_V2}#"},
    "iss with a query": {"iss": f"{ISSUER_V2}?"},
    "iss of a host that begins alike": {"iss": ISSUER_V2.replace(".com", ".com.example.com")},
    "iss of a host with a zero for an o": {"iss": ISSUER_V2.replace("microsoft", "micr0soft")},
    "iss of a host with a Cyrillic o": {"iss": ISSUER_V2.replace("microsoft", "micr\u043esoft")},
    "iss of another cloud": {"iss": ISSUER_V2.replace(".com", ".us")},
    "iss a list": {"iss": [ISSUER_V2]},
    "iss null": {"iss": None},
    "iss missing": {"iss": ...},
    "tid of another tenant": {"tid": OTHER},
    "tid with a blank": {"tid": f"{TENANT} "},
    "tid common": {"tid": "common"},
    "tid a list": {"tid": [TENANT]},
    "tid null": {"tid": None},
    "tid missing": {"tid": ...},
    "ver 1.0": {"ver": "1.0"},
    "ver a number": {"ver": 2.0},
    "ver missing": {"ver": ...},
    "a v1 token": {**claims_v1(), "azp": ..., "azpacr": ...},
    "a v1 token for the client id": {**claims_v1(aud=API), "azp": ..., "azpacr": ...},
}

NOT_NOW: dict[str, dict[str, Any]] = {
    "expired an hour ago": {"exp": After(-3600)},
    "expired just beyond the leeway": {"exp": After(-61)},
    "expired in 1970": {"exp": 0},
    "expired before 1970": {"exp": -1},
    "exp a string": {"exp": "4102444800"},
    "exp a fraction": {"exp": After(3600.5)},
    "exp true": {"exp": True},
    "exp null": {"exp": None},
    "exp a list": {"exp": [4_102_444_800]},
    "exp a date": {"exp": "2999-12-31T23:59:59Z"},
    "exp infinite": {"exp": float("inf")},
    "exp not a number": {"exp": float("nan")},
    "exp missing": {"exp": ...},
    "valid from tomorrow": {"nbf": After(86_400)},
    "valid from shortly beyond the leeway": {"nbf": After(600)},
    "nbf a string": {"nbf": "946684800"},
    "nbf a fraction": {"nbf": After(-300.5)},
    "nbf infinite": {"nbf": float("inf")},
    "nbf missing": {"nbf": ...},
    "issued tomorrow": {"iat": After(86_400)},
    "iat a string": {"iat": "now"},
    "iat false": {"iat": False},
    "iat missing": {"iat": ...},
}

NOBODY: dict[str, dict[str, Any]] = {
    "sub missing": {"sub": ...},
    "sub null": {"sub": None},
    "sub a number": {"sub": 1},
    "oid missing": {"oid": ...},
    "oid a list": {"oid": [PRINCIPAL]},
    "azp missing": {"azp": ...},
    "azp a number": {"azp": 1},
    "roles a string": {"roles": "Things.Read.All"},
    "roles a string with several": {"roles": "Things.Read.All Things.Write.All"},
    "roles an object": {"roles": {"Things.Read.All": True}},
    "roles null": {"roles": None},
    "roles true": {"roles": True},
    "roles with a number": {"roles": ["Things.Read.All", 1]},
    "roles with a list inside": {"roles": [["Things.Read.All"]]},
    "jti a number": {"jti": 1},
}

NOT_ALLOWED: dict[str, dict[str, Any]] = {
    "no roles": {"roles": ...},
    "no role among the roles": {"roles": []},
    "another role": {"roles": ["Things.Write.All"]},
    "a role of another API": {"roles": ["User.Read.All", "Directory.Read.All"]},
    "the beginning of the role": {"roles": ["Things.Read", "Things", "T"]},
    "the role and more": {"roles": ["Things.Read.All.More", "XThings.Read.All"]},
    "the role in lower case": {"roles": ["things.read.all"]},
    "the role in upper case": {"roles": ["THINGS.READ.ALL"]},
    "the role with a blank": {"roles": [" Things.Read.All", "Things.Read.All "]},
    "the role with a line break": {"roles": ["Things.Read.All\n"]},
    "two roles in one": {"roles": ["Things.Read.All Things.Write.All"]},
    "a pattern": {"roles": ["*", "Things.*", "Things.Read.*", ".*"]},
    "an empty role": {"roles": [""]},
    "a role that looks the same": {"roles": ["Things.Re\u0430d.All"]},
    "the role as a scope": {"roles": ..., "scp": "Things.Read.All"},
    "the role in another claim": {"roles": ..., "role": ["Things.Read.All"], "wids": ["Things.Read.All"]},
    "a user with a scope": {"roles": ..., "scp": "access_as_user", "sub": "pairwise", "azpacr": "0"},
    "a user with the role": {"sub": "pairwise", "scp": "access_as_user"},
    "a user with the role, as the optional claim says": {"idtyp": "user"},
    "a user with the role, as sub says": {"sub": "pairwise"},
    "a token with a scope that calls itself an application's": {"idtyp": "app", "scp": "Things.Read.All"},
    "idtyp a list": {"idtyp": ["app"]},
}


def named(cases: dict[str, dict[str, Any]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("changes", [pytest.param(changes, id=name) for name, changes in cases.items()])


def get(api: httpx.Client, token: str, path: str = "/things") -> httpx.Response:
    return api.get(path, headers={"Authorization": f"Bearer {token}"})


@named({**NOT_FOR_THIS_API, **NOT_NOW, **NOBODY})
def test_a_token_of_the_issuer_that_is_not_for_here_and_now_is_refused(
    api: httpx.Client, issuer: Issuer, changes: dict[str, Any]
) -> None:
    answer = get(api, issuer.token(**changes))
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="things", error="invalid_token"'
    assert answer.json()["detail"] == "The access token is not valid for this API."


@named(NOT_ALLOWED)
def test_a_principal_without_the_role_is_told_which_one_it_lacks(
    api: httpx.Client, issuer: Issuer, changes: dict[str, Any]
) -> None:
    answer = get(api, issuer.token(**changes))
    assert answer.status_code == 403
    challenge = 'Bearer realm="things", error="insufficient_scope", scope="Things.Read.All"'
    assert answer.headers["WWW-Authenticate"] == challenge
    assert answer.json() == {
        "type": "about:blank",
        "title": "Forbidden",
        "status": 403,
        "detail": "This needs an application that was granted the role Things.Read.All.",
    }


@named(
    {
        "as Entra writes it": {},
        "with the optional claim": {"idtyp": "app"},
        "with claims that nobody asked for": {"xms_mirid": "/subscriptions/x", "idp": ISSUER_V1, "xms_ftd": "opaque"},
        "with further roles": {"roles": ["Things.Write.All", "Things.Read.All"]},
        "expired within the leeway": {"exp": After(-5)},
        "valid from a moment ahead, within the leeway": {"nbf": After(5), "iat": After(5)},
    }
)
def test_a_token_of_a_principal_with_the_role_is_accepted(
    api: httpx.Client, issuer: Issuer, changes: dict[str, Any]
) -> None:
    assert get(api, issuer.token(**changes)).status_code == 200


@named(
    {
        "aud the client id": {"aud": API},
        "aud with a slash": {"aud": f"api://{API}/"},
        "iss without its slash": {"iss": ISSUER_V1.rstrip("/")},
        "iss of v2": {"iss": ISSUER_V2},
        "iss of another tenant": {"iss": ISSUER_V1.replace(TENANT, OTHER)},
        "iss of a host that begins alike": {"iss": ISSUER_V1.replace(".net", ".net.example.com")},
        "tid of another tenant": {"tid": OTHER},
        "ver 2.0": {"ver": "2.0"},
        "appid missing": {"appid": ...},
        "a v2 token": {"aud": API, "iss": ISSUER_V2, "ver": "2.0", "appid": ..., "azp": CLIENT},
    }
)
def test_an_api_for_v1_tokens_refuses_all_others(api_v1: httpx.Client, issuer: Issuer, changes: dict[str, Any]) -> None:
    assert get(api_v1, issuer.token_v1()).status_code == 200
    assert get(api_v1, issuer.token_v1(**changes)).status_code == 401


def test_a_user_with_a_role_may_call_an_operation_that_admits_users(api: httpx.Client, issuer: Issuer) -> None:
    answer = get(api, issuer.token(sub="pairwise", scp="access_as_user"), "/whoami")
    assert answer.status_code == 200
    assert answer.json()["claims"]["scp"] == "access_as_user"


def test_a_caller_sees_the_claims_it_was_admitted_by_and_no_others(api: httpx.Client, issuer: Issuer) -> None:
    token = issuer.token(xms_mirid="/subscriptions/secret")
    answer = get(api, token, "/whoami")
    claims = answer.json()["claims"]
    assert (claims["oid"], claims["azp"], claims["roles"]) == (PRINCIPAL, CLIENT, ["Things.Read.All"])
    assert (claims["aud"], claims["iss"], claims["tid"], claims["ver"]) == (API, ISSUER_V2, TENANT, "2.0")
    assert "secret" not in answer.text
    assert not any(part in answer.text for part in token.split("."))
    assert answer.headers["Cache-Control"] == "no-store"
