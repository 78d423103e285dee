"""Tokens that the issuer did not sign, or whose header says that something else should be believed."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, utils
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.workload.issuer import Issuer, Key, claims_v2, encoded

ATTACKER = Key("attackers-key")


def unsigned(header: dict[str, Any], claims: dict[str, Any] | None = None) -> str:
    """Header and claims, ready for any signature."""
    return ".".join(encoded(json.dumps(part).encode()) for part in (header, claims or claims_v2()))


def hs256(issuer: Issuer, secret: bytes) -> str:
    """A token whose HMAC secret is something public."""
    text = unsigned(issuer.keys[0].header(alg="HS256"))
    return f"{text}.{encoded(hmac.digest(secret, text.encode(), hashlib.sha256))}"


def signed_with(issuer: Issuer, algorithm: str, scheme: padding.AsymmetricPadding, digest: hashes.HashAlgorithm) -> str:
    """A token that the right key signed, in another way."""
    text = unsigned(issuer.keys[0].header(alg=algorithm))
    return f"{text}.{encoded(issuer.keys[0].private.sign(text.encode(), scheme, digest))}"


def es256(issuer: Issuer) -> str:
    text = unsigned(issuer.keys[0].header(alg="ES256"))
    signature = ec.generate_private_key(ec.SECP256R1()).sign(text.encode(), ec.ECDSA(hashes.SHA256()))
    r, s = utils.decode_dss_signature(signature)
    return f"{text}.{encoded(r.to_bytes(32) + s.to_bytes(32))}"


def with_header(issuer: Issuer, **changes: Any) -> str:
    """A token that the issuer signed, header and all."""
    return issuer.keys[0].sign(issuer.keys[0].header(**changes), claims_v2())


def with_raw_header(issuer: Issuer, header: bytes) -> str:
    return issuer.keys[0].sign(header, claims_v2())


def by_attacker(**changes: Any) -> str:
    """A token that the attacker signed."""
    return ATTACKER.sign(ATTACKER.header(**changes), claims_v2(roles=["Things.Read.All", "Things.Write.All"]))


def with_signature(issuer: Issuer, change: Callable[[bytes], bytes]) -> str:
    text, _, signature = issuer.token().rpartition(".")
    return f"{text}.{encoded(change(base64.urlsafe_b64decode(signature + '==')))}"


def der(issuer: Issuer) -> bytes:
    return issuer.keys[0].private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def pem(issuer: Issuer) -> bytes:
    return issuer.keys[0].private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


SIGNATURES: dict[str, Callable[[Issuer], str]] = {
    "alg none without signature": lambda i: unsigned(i.keys[0].header(alg="none")) + ".",
    "alg none with the signature of a good token": lambda i: (
        f"{unsigned(i.keys[0].header(alg='none'))}.{i.token().rpartition('.')[2]}"
    ),
    "alg None": lambda i: unsigned(i.keys[0].header(alg="None")) + ".AA",
    "alg NONE": lambda i: unsigned(i.keys[0].header(alg="NONE")) + ".AA",
    "HS256 with the public key's PEM as secret": lambda i: hs256(i, pem(i)),
    "HS256 with the public key's DER as secret": lambda i: hs256(i, der(i)),
    "HS256 with the modulus as secret": lambda i: hs256(i, i.keys[0].entry()["n"].encode()),
    "HS256 with an empty secret": lambda i: hs256(i, b""),
    "RS384 by the right key": lambda i: signed_with(i, "RS384", padding.PKCS1v15(), hashes.SHA384()),
    "RS512 by the right key": lambda i: signed_with(i, "RS512", padding.PKCS1v15(), hashes.SHA512()),
    "PS256 by the right key": lambda i: signed_with(
        i, "PS256", padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256()
    ),
    "PS256 called RS256": lambda i: signed_with(
        i, "RS256", padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256()
    ),
    "SHA-1 called RS256": lambda i: signed_with(i, "RS256", padding.PKCS1v15(), hashes.SHA1()),  # noqa: S303
    "ES256 under the id of an RSA key": es256,
    "alg in lower case": lambda i: with_header(i, alg="rs256"),
    "alg missing": lambda i: with_header(i, alg=...),
    "alg null": lambda i: with_header(i, alg=None),
    "alg empty": lambda i: with_header(i, alg=""),
    "alg a list": lambda i: with_header(i, alg=["RS256"]),
    "the attacker's key under the right id": lambda i: by_attacker(kid=i.keys[0].id),
    "another published key than the one named": lambda i: i.keys[1].sign(i.keys[0].header(), claims_v2()),
    "the signature of another token": lambda i: f"{i.token().rpartition('.')[0]}.{i.token(aio='x').rpartition('.')[2]}",
    "signature empty": lambda i: with_signature(i, lambda _: b""),
    "signature cut by a byte": lambda i: with_signature(i, lambda signature: signature[:-1]),
    "signature longer by a byte": lambda i: with_signature(i, lambda signature: signature + b"\0"),
    "signature with one bit flipped": lambda i: with_signature(
        i, lambda signature: bytes([signature[0] ^ 1]) + signature[1:]
    ),
    "signature all zeros": lambda i: with_signature(i, lambda signature: bytes(len(signature))),
    "signature all ones": lambda i: with_signature(i, lambda signature: b"\xff" * len(signature)),
    "claims changed after signing": lambda i: (
        f"{unsigned(i.keys[0].header(), claims_v2(roles=['Things.Read.All', 'Things.Write.All']))}."
        f"{i.token().rpartition('.')[2]}"
    ),
}

HEADERS: dict[str, Callable[[Issuer], str]] = {
    "kid unknown": lambda _: by_attacker(),
    "kid missing": lambda i: with_header(i, kid=...),
    "kid null": lambda i: with_header(i, kid=None),
    "kid empty": lambda i: with_header(i, kid=""),
    "kid a number": lambda i: with_header(i, kid=1),
    "kid a list": lambda i: with_header(i, kid=[i.keys[0].id]),
    "kid in another case": lambda i: with_header(i, kid=i.keys[0].id.upper()),
    "kid with a blank": lambda i: with_header(i, kid=f"{i.keys[0].id} "),
    "kid a path": lambda i: with_header(i, kid="../../../../dev/null"),
    "kid a query": lambda i: with_header(i, kid="x' UNION SELECT 'secret"),
    "kid with a line break": lambda i: with_header(i, kid="x\r\nX-Admin: true"),
    "kid very long": lambda i: with_header(i, kid="k" * 8000),
    "jku beside a good signature": lambda i: with_header(i, jku="https://127.0.0.1/keys"),
    "jku to the attacker's keys": lambda _: by_attacker(jku="https://127.0.0.1:1/keys"),
    "x5u to the attacker's certificate": lambda _: by_attacker(x5u="https://127.0.0.1:1/cert.pem"),
    "x5c with the attacker's certificate": lambda _: by_attacker(x5c=["MIIB"]),
    "jwk with the attacker's key": lambda _: by_attacker(jwk=ATTACKER.entry()),
    "jwk with the attacker's key under the right id": lambda i: by_attacker(
        kid=i.keys[0].id, jwk=ATTACKER.entry(kid=i.keys[0].id)
    ),
    "crit with an unknown name": lambda i: with_header(i, crit=["exp"], exp=1),
    "crit empty": lambda i: with_header(i, crit=[]),
    "crit a string": lambda i: with_header(i, crit="exp"),
    "crit with b64": lambda i: with_header(i, crit=["b64"], b64=False),
    "b64 false without crit": lambda i: with_header(i, b64=False),
    "typ of another kind of token": lambda i: with_header(i, typ="at+jwt"),
    "typ a number": lambda i: with_header(i, typ=1),
    "cty JWT": lambda i: with_header(i, cty="JWT"),
    "zip": lambda i: with_header(i, zip="DEF"),
    "enc": lambda i: with_header(i, enc="A128GCM"),
    "nonce, as in tokens for Microsoft Graph": lambda i: with_header(i, nonce="x"),
    "a parameter that nobody knows": lambda i: with_header(i, **{"http://example.com/is_root": True}),
    "alg twice": lambda i: with_raw_header(i, b'{"alg":"none","typ":"JWT","kid":"key-in-use","alg":"RS256"}'),
    "kid twice": lambda i: with_raw_header(i, b'{"alg":"RS256","kid":"attackers-key","kid":"key-in-use"}'),
    "header a list": lambda i: with_raw_header(i, b'["RS256"]'),
    "header a string": lambda i: with_raw_header(i, b'"RS256"'),
    "header null": lambda i: with_raw_header(i, b"null"),
    "header empty": lambda i: with_raw_header(i, b"{}"),
    "header no JSON": lambda i: with_raw_header(i, b"alg=RS256"),
    "header no UTF-8": lambda i: with_raw_header(i, b'{"alg":"RS256","kid":"\xff"}'),
    "header UTF-16": lambda i: with_raw_header(i, json.dumps(i.keys[0].header()).encode("utf-16")),
    "header with a byte order mark": lambda i: with_raw_header(
        i, b"\xef\xbb\xbf" + json.dumps(i.keys[0].header()).encode()
    ),
    "header nested ever deeper": lambda i: with_raw_header(i, b'{"kid":' + b"[" * 9000),
    "header with text behind it": lambda i: with_raw_header(i, json.dumps(i.keys[0].header()).encode() + b"{}"),
}

FORMS: dict[str, Callable[[Issuer], str]] = {
    "one segment": lambda _: "token",
    "two segments": lambda i: i.token().rpartition(".")[0],
    "four segments": lambda i: i.token() + ".AA",
    "five segments, like an encrypted token": lambda i: i.token() + ".AA.AA",
    "dots only": lambda _: "..",
    "header segment empty": lambda i: "." + i.token().partition(".")[2],
    "claims segment empty": lambda i: "..".join((i.token().split(".")[0], i.token().split(".")[2])),
    "truncated in the middle of the claims": lambda i: i.token()[:300],
    "truncated by a character": lambda i: i.token()[:-1],
    "padded with =": lambda i: i.token() + "==",
    "a character outside the alphabet": lambda i: i.token().replace(".", ".!", 1),
    "the standard alphabet instead of the one for URLs": lambda i: i.token().replace(".", "+/.", 1),
    "a blank inside": lambda i: i.token().replace(".", ". ", 1),
    "a tab inside": lambda i: i.token().replace(".", ".\t", 1),
    "quoted": lambda i: f'"{i.token()}"',
    "in angle brackets": lambda i: f"<{i.token()}>",
    "percent-encoded": lambda i: i.token().replace(".", "%2E"),
    "a token behind a token": lambda i: f"{i.token()} {i.token()}",
    "two tokens with a comma": lambda i: f"{i.token()}, Bearer {i.token()}",
    "a header of one character": lambda i: "A." + i.token().partition(".")[2],
    "a last character with stray bits": lambda i: i.token()[:-1] + chr(ord(i.token()[-1]) + 1),
    "base64 of the whole token": lambda i: encoded(i.token().encode()),
    "the JSON serialisation": lambda i: json.dumps({"payload": "e30", "signatures": []}),
    "longer than any token of Entra's": lambda i: i.token(padding="x" * 16_000),
    "a long run of one character": lambda _: "A" * 40_000,
    "many dots": lambda _: "." * 10_000,
    "claims a list": lambda i: i.keys[0].sign(i.keys[0].header(), b"[]"),
    "claims a string": lambda i: i.keys[0].sign(i.keys[0].header(), b'"admin"'),
    "claims null": lambda i: i.keys[0].sign(i.keys[0].header(), b"null"),
    "claims no JSON": lambda i: i.keys[0].sign(i.keys[0].header(), b"roles=Things.Read.All"),
    "claims no UTF-8": lambda i: i.keys[0].sign(i.keys[0].header(), b'{"sub":"\xff"}'),
    "claims nested ever deeper": lambda i: i.keys[0].sign(i.keys[0].header(), b"[" * 9000),
    "claims with an endless number": lambda i: i.keys[0].sign(i.keys[0].header(), b'{"exp":' + b"9" * 9000 + b"}"),
}


@pytest.mark.parametrize(
    "forge", [pytest.param(forge, id=name) for name, forge in {**SIGNATURES, **HEADERS, **FORMS}.items()]
)
def test_a_forged_token_is_refused_without_a_word_on_why(
    api: httpx.Client, issuer: Issuer, forge: Callable[[Issuer], str]
) -> None:
    answer = api.get("/things", headers={"Authorization": f"Bearer {forge(issuer)}"})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="things", error="invalid_token"'
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json() == {
        "type": "about:blank",
        "title": "Unauthorized",
        "status": 401,
        "detail": "The access token is not valid for this API.",
    }


def test_the_tokens_above_are_wrong_in_one_thing_only(api: httpx.Client, issuer: Issuer) -> None:
    for good in (issuer.token(), with_header(issuer), with_header(issuer, typ=...), with_signature(issuer, bytes)):
        assert api.get("/things", headers={"Authorization": f"Bearer {good}"}).status_code == 200


def test_a_key_that_the_token_points_to_is_never_fetched(api: httpx.Client, issuer: Issuer) -> None:
    """The token names a place on the key server itself, where the visit would be seen."""
    place = f"{issuer.authority}/attackers-keys"
    for forged in (by_attacker(jku=place), by_attacker(x5u=place), with_header(issuer, jku=place)):
        assert api.get("/things", headers={"Authorization": f"Bearer {forged}"}).status_code == 401
    assert "/attackers-keys" not in issuer.requests


def test_pyjwt_agrees_that_the_good_token_is_good(issuer: Issuer) -> None:
    claims = jwt.decode(
        issuer.token(), jwt.PyJWK(issuer.keys[0].entry()), algorithms=["RS256"], audience=claims_v2()["aud"]
    )
    assert claims["roles"] == ["Things.Read.All"]
