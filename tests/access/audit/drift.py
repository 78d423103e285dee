"""Each kind of thing that a foreign client can do behind a stack's back."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from tests.access.deployed import Deployed

READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
_CERTIFICATE = {
    "type": "AsymmetricX509Cert",
    "usage": "Verify",
    "keyId": "33333333-4444-4555-8666-777777777777",
    "displayName": "CN=somebody",
    "key": None,
    "startDateTime": "2026-01-01T00:00:00Z",
    "endDateTime": "2030-01-01T00:00:00Z",
}


def role_on_another_api(stack: Deployed, role: str = "Directory.Read.All") -> str:
    """The identity holds a role of Microsoft Graph that nobody declared."""
    resource, role_id = stack.graph_role(role)
    made = stack.stand_in.assign(stack.identity, resource, role_id)
    assert made.status_code == 201, made.text
    return f"/servicePrincipals/{resource}/appRoleAssignedTo/{made.json()['id']}"


def foreign_caller(stack: Deployed) -> str:
    """Somebody else holds a role on the stack's API."""
    other = stack.stand_in.application(displayName="somebody else")
    role = stack.resource("azuread:index/application:Application")["outputs"]["appRoles"][0]["id"]
    made = stack.stand_in.assign(other.principal_id, stack.api, role)
    assert made.status_code == 201, made.text
    return f"/servicePrincipals/{stack.api}/appRoleAssignedTo/{made.json()['id']}"


def granted_anew(stack: Deployed, role: str = "Things.Read.All") -> str:
    """The identity holds a role of the stack's API by another assignment than the one that the state knows."""
    former = stack.assignment(role)
    assert stack.stand_in.graph.delete(f"/v1.0{former['id']}").status_code == 204
    made = stack.stand_in.assign(stack.identity, stack.api, former["inputs"]["appRoleId"])
    assert made.status_code == 201, made.text
    return f"/servicePrincipals/{stack.api}/appRoleAssignedTo/{made.json()['id']}"


def azure_role(stack: Deployed) -> str:
    """The identity holds an Azure role on the whole subscription."""
    subscription = f"/subscriptions/{stack.endpoint.subscription_id}"
    path = f"{subscription}/providers/Microsoft.Authorization/roleAssignments/{uuid.uuid4()}"
    definition = f"{subscription}/providers/Microsoft.Authorization/roleDefinitions/{READER}"
    body = {
        "properties": {
            "roleDefinitionId": definition,
            "principalId": stack.identity,
            "principalType": "ServicePrincipal",
        }
    }
    made = stack.stand_in.arm.put(path, params={"api-version": "2022-04-01"}, json=body)
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


def secret(stack: Deployed) -> str:
    """The API's registration has a client secret."""
    path = f"/v1.0/applications/{stack.application}/addPassword"
    return str(stack.stand_in.made("POST", path, {"passwordCredential": {"displayName": "by hand"}}, 200)["keyId"])


def certificate(stack: Deployed) -> str:
    """The API's registration has a certificate."""
    body = {"keyCredentials": [_CERTIFICATE]}
    stack.stand_in.made("PATCH", f"/v1.0/applications/{stack.application}", body, 204)
    registration = stack.stand_in.made("GET", f"/v1.0/applications/{stack.application}", status=200)
    return str(registration["keyCredentials"][0]["keyId"])


def federated_credential(stack: Deployed) -> str:
    """The API's registration trusts the tokens of somebody else's pipeline."""
    body = {
        "name": "pipeline",
        "issuer": "https://token.actions.githubusercontent.com",
        "subject": "repo:somebody/else:ref:refs/heads/main",
        "audiences": ["api://AzureADTokenExchange"],
    }
    path = f"/v1.0/applications/{stack.application}/federatedIdentityCredentials"
    return str(stack.stand_in.made("POST", path, body)["id"])


KINDS: dict[str, tuple[str, Callable[[Deployed], str]]] = {
    "a role of the identity on another API": ("app role", role_on_another_api),
    "a role of somebody else on the API": ("app role", foreign_caller),
    "an Azure role of the identity": ("Azure role", azure_role),
    "a client secret of the API": ("client secret", secret),
    "a certificate of the API": ("certificate", certificate),
    "a federated credential of the API": ("federated credential", federated_credential),
}
"""What it is called in an audit, and how it is made; each returns the id that the audit shows."""
