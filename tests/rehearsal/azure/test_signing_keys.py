"""PyJWT's PyJWKClient, which APIs check tokens with, through discovery and over a rotation of the keys."""

from typing import Any

import jwt
import pytest

from tests.rehearsal.azure.stand_in import StandIn, role


def discovered(stand_in: StandIn, version: str = "/v2.0") -> dict[str, Any]:
    answer = stand_in.anonymous.get(f"/{stand_in.endpoint.tenant_id}{version}/.well-known/openid-configuration")
    assert answer.status_code == 200
    return dict(answer.json())


def key_client(stand_in: StandIn, document: dict[str, Any]) -> jwt.PyJWKClient:
    return jwt.PyJWKClient(document["jwks_uri"], ssl_context=stand_in.trust)


@pytest.mark.parametrize(("version", "path"), [(2, "/v2.0"), (1, ""), (None, "")])
def test_a_token_validates_by_the_discovered_keys_and_issuer(stand_in: StandIn, version: int | None, path: str) -> None:
    api = stand_in.api(role(), version=version, assignment_required=False)
    token = stand_in.token(api.scope)
    document = discovered(stand_in, path)
    key = key_client(stand_in, document).get_signing_key_from_jwt(token)
    audience = api.app_id if version == 2 else api.uri
    said = jwt.decode(token, key, algorithms=["RS256"], audience=audience, issuer=document["issuer"])
    assert said["tid"] == stand_in.endpoint.tenant_id
    assert said["ver"] == ("2.0" if version == 2 else "1.0")


def test_a_rotation_keeps_the_tokens_of_the_key_before_valid(stand_in: StandIn) -> None:
    before = stand_in.token("https://vault.azure.net/.default")
    rotated = stand_in.control.post("/_rehearsal/keys/rotate").json()["kid"]
    after = stand_in.token("https://vault.azure.net/.default")
    assert jwt.get_unverified_header(before)["kid"] != rotated
    assert jwt.get_unverified_header(after)["kid"] == rotated
    keys = key_client(stand_in, discovered(stand_in))
    for token in (before, after):
        assert jwt.decode(
            token, keys.get_signing_key_from_jwt(token), algorithms=["RS256"], options={"verify_aud": False}
        )


def test_the_next_key_is_published_before_it_signs(stand_in: StandIn) -> None:
    published = {key.key_id for key in key_client(stand_in, discovered(stand_in)).get_jwk_set().keys}
    assert stand_in.control.post("/_rehearsal/keys/rotate").json()["kid"] in published


def test_two_rotations_retire_a_key_and_its_tokens(stand_in: StandIn) -> None:
    token = stand_in.token("https://graph.microsoft.com/.default")
    for _ in range(2):
        assert stand_in.control.post("/_rehearsal/keys/rotate").status_code == 200
    with pytest.raises(jwt.PyJWKClientError, match="Unable to find a signing key"):
        key_client(stand_in, discovered(stand_in)).get_signing_key_from_jwt(token)
    answer = stand_in.anonymous.get("/v1.0/applications", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401


def test_a_tenant_is_known_by_its_domain_and_shown_by_its_id(stand_in: StandIn) -> None:
    [domain] = stand_in.graph.get("/v1.0/domains").json()["value"]
    document = stand_in.anonymous.get(f"/{domain['id']}/v2.0/.well-known/openid-configuration").json()
    assert document["issuer"] == f"https://login.microsoftonline.com/{stand_in.endpoint.tenant_id}/v2.0"
    assert f"/{stand_in.endpoint.tenant_id}/" in document["token_endpoint"]


def test_the_shared_documents_show_an_issuer_template(stand_in: StandIn) -> None:
    document = stand_in.anonymous.get("/common/v2.0/.well-known/openid-configuration").json()
    assert document["issuer"] == "https://login.microsoftonline.com/{tenantid}/v2.0"


def test_an_unknown_tenant_has_no_document(stand_in: StandIn) -> None:
    answer = stand_in.anonymous.get("/contoso.example/v2.0/.well-known/openid-configuration")
    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_tenant"
    assert "AADSTS90002: Tenant 'contoso.example' not found." in answer.json()["error_description"]
