"""A served stand-in as tests use it: plain HTTP with real tokens, and the objects that tests make."""

from __future__ import annotations

import itertools
import ssl
import uuid
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import httpx
import jwt

from rehearsal.azure.server import Endpoint

_NUMBERS = itertools.count(1)

Document = dict[str, Any]


@dataclass
class StandIn:
    """The stand-in of one test: as its deployer, and by its control routes."""

    endpoint: Endpoint
    _clients: list[httpx.Client] = field(default_factory=list)

    @cached_property
    def trust(self) -> ssl.SSLContext:
        """Trusts the stand-in's CA and nobody else."""
        return ssl.create_default_context(cafile=str(self.endpoint.ca_file))

    @cached_property
    def anonymous(self) -> httpx.Client:
        """Over TLS, without a token."""
        return self._client()

    @cached_property
    def graph(self) -> httpx.Client:
        """As the deployer, with a token for Microsoft Graph."""
        return self._client(self.token(f"{self.endpoint.https_url}/.default"))

    @cached_property
    def arm(self) -> httpx.Client:
        """As the deployer, with a token for Resource Manager."""
        return self._client(self.token("https://management.azure.com/.default"))

    @cached_property
    def control(self) -> httpx.Client:
        """With the control key."""
        return self._client(self.endpoint.control_key)

    def graph_as(self, application: Application) -> httpx.Client:
        """As an application of the tenant, with a token for Microsoft Graph as of now."""
        return self._client(application.token("https://graph.microsoft.com/.default"))

    def ask_for_token(self, scope: str, client_id: str, client_secret: str) -> httpx.Response:
        """Ask the version 2 endpoint for a token."""
        form = {
            "client_id": client_id,
            "client_secret": client_secret,
            "grant_type": "client_credentials",
            "scope": scope,
        }
        return self.anonymous.post(f"/{self.endpoint.tenant_id}/oauth2/v2.0/token", data=form)

    def token(self, scope: str) -> str:
        """A token for the deployer."""
        answer = self.ask_for_token(scope, self.endpoint.client_id, self.endpoint.client_secret)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    def made(self, method: str, path: str, body: Any = None, status: int = 201) -> Document:
        """What Graph answers to a request that must succeed."""
        answer = self.graph.request(method, path, json=body)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text}"
        return dict(answer.json()) if answer.content else {}

    def application(self, *roles: Document, **properties: Any) -> Application:
        """A registered application with a service principal and, unless said otherwise, a secret."""
        name = properties.pop("displayName", f"application {next(_NUMBERS)}")
        principal_properties = properties.pop("principal", {})
        document = self.made("POST", "/v1.0/applications", {"displayName": name, "appRoles": roles, **properties})
        body = {"appId": document["appId"], **principal_properties}
        principal = self.made("POST", "/v1.0/servicePrincipals", body)
        secret = self.made("POST", f"/v1.0/applications/{document['id']}/addPassword", {}, 200)["secretText"]
        return Application(self, document["id"], document["appId"], principal["id"], secret)

    def api(self, *roles: Document, version: int | None = 2, assignment_required: bool = True) -> Application:
        """A protected API with the identifier URI `api://{appId}`."""
        api = self.application(
            *roles,
            api={"requestedAccessTokenVersion": version},
            principal={"appRoleAssignmentRequired": assignment_required},
        )
        self.made("PATCH", f"/v1.0/applications/{api.id}", {"identifierUris": [api.uri]}, 204)
        return api

    def assign(self, principal_id: str, resource_id: str, role_id: str) -> httpx.Response:
        """Ask for an assignment on the API's side."""
        body = {"principalId": principal_id, "resourceId": resource_id, "appRoleId": role_id}
        return self.graph.post(f"/v1.0/servicePrincipals/{resource_id}/appRoleAssignedTo", json=body)

    def published(self, name: str) -> Document:
        """The service principal of a published API."""
        answer = self.graph.get("/v1.0/servicePrincipals", params={"$filter": f"displayName eq '{name}'"})
        [document] = answer.json()["value"]
        return dict(document)

    def close(self) -> None:
        for client in self._clients:
            client.close()

    def _client(self, token: str | None = None) -> httpx.Client:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        client = httpx.Client(base_url=self.endpoint.https_url, verify=self.trust, headers=headers, timeout=30)
        self._clients.append(client)
        return client


@dataclass
class Application:
    """A registered application, its service principal and a secret of it."""

    stand_in: StandIn
    id: str
    app_id: str
    principal_id: str
    secret: str = field(repr=False)

    @property
    def uri(self) -> str:
        return f"api://{self.app_id}"

    @property
    def scope(self) -> str:
        return f"{self.uri}/.default"

    def token(self, scope: str) -> str:
        answer = self.stand_in.ask_for_token(scope, self.app_id, self.secret)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["access_token"])

    def claims(self, scope: str) -> Document:
        return claims(self.token(scope))

    def sign_in(self, assertion: str) -> Document:
        """Ask for a token of Microsoft Graph with an assertion; what is answered, with its status."""
        answer = self.stand_in.anonymous.post(
            f"/{self.stand_in.endpoint.tenant_id}/oauth2/v2.0/token",
            data={
                "client_id": self.app_id,
                "client_assertion": assertion,
                "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                "grant_type": "client_credentials",
                "scope": "https://graph.microsoft.com/.default",
            },
        )
        return {"status": answer.status_code, **answer.json()}

    def path(self, rest: str = "") -> str:
        return f"/v1.0/applications/{self.id}{rest}"

    def principal_path(self, rest: str = "") -> str:
        return f"/v1.0/servicePrincipals/{self.principal_id}{rest}"

    def read(self) -> Document:
        return self.stand_in.made("GET", self.path(), status=200)


def role(value: str | None = "Things.Read.All", **properties: Any) -> Document:
    """An app role for applications."""
    return {
        "id": str(uuid.uuid4()),
        "displayName": f"{value}",
        "description": f"May do {value}",
        "allowedMemberTypes": ["Application"],
        "isEnabled": True,
        "value": value,
        **properties,
    }


def claims(token: str) -> Document:
    """What a token says, unchecked."""
    return dict(jwt.decode(token, options={"verify_signature": False}))


def code(answer: httpx.Response) -> str:
    """Graph's error code."""
    return str(answer.json()["error"]["code"])


def message(answer: httpx.Response) -> str:
    """Graph's error message."""
    return str(answer.json()["error"]["message"])
