"""The stand-in without a network: its pipeline in this process, with its clock and weather in the test's hands."""

import json
import uuid
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from rehearsal.azure import seed
from rehearsal.azure.clock import Clock
from rehearsal.azure.context import Context, Tenant
from rehearsal.azure.pipeline import Inbound, Pipeline
from rehearsal.azure.routes import ROUTES
from rehearsal.azure.store import Store
from rehearsal.azure.weather import Weather

SECRET = "the secret of the deployer"


@dataclass(frozen=True)
class Answer:
    """What came back: `body` is the parsed JSON, None when there was none."""

    status: int
    headers: dict[str, str]
    body: Any


@dataclass
class InProcess:
    """A stand-in of one test's own, in memory."""

    weather: Weather = field(default_factory=Weather)

    def __post_init__(self) -> None:
        tenant = Tenant(
            id=str(uuid.uuid4()),
            domain="rehearsal.onmicrosoft.com",
            display_name="Rehearsal",
            subscription_id=str(uuid.uuid4()),
            subscription_name="Rehearsal",
            deployer_app_id=str(uuid.uuid4()),
            deployer_application_id=str(uuid.uuid4()),
            deployer_principal_id=str(uuid.uuid4()),
        )
        self.context = Context(
            store=Store(),
            clock=Clock(),
            tenant=tenant,
            https_url="https://127.0.0.1:1",
            http_url="http://127.0.0.1:2",
            control_key="key",
            client_secret=SECRET,
            weather=self.weather,
        )
        seed.seed(self.context, SECRET)
        self._pipeline = Pipeline(self.context, ROUTES)
        self.token = self.sign_in(tenant.deployer_app_id, SECRET)

    @property
    def subscription(self) -> str:
        return f"/subscriptions/{self.context.tenant.subscription_id}"

    def sign_in(self, client_id: str, secret: str) -> str:
        form = {
            "grant_type": "client_credentials",
            "client_id": client_id,
            "client_secret": secret,
            "scope": "https://management.azure.com/.default",
        }
        headers = {"content-type": "application/x-www-form-urlencoded"}
        path = f"/{self.context.tenant.id}/oauth2/v2.0/token"
        answer = self._send("POST", path, "", headers, urlencode(form).encode())
        assert answer.status == 200, answer.body
        return str(answer.body["access_token"])

    def send(self, method: str, path: str, body: Any = None, *, version: str = "2025-04-01", **query: str) -> Answer:
        """A request as the deployer; `path` lies below the subscription, or is a URL that a reply named."""
        if path.startswith("https://"):
            parts = urlsplit(path)
            return self.raw(method, parts.path, parts.query, b"")
        query = {"api-version": version, **query}
        content = b"" if body is None else json.dumps(body).encode()
        return self.raw(method, self.subscription + path, urlencode(query), content)

    def raw(self, method: str, path: str, query: str, content: bytes) -> Answer:
        """A request as the deployer, with every part as it is."""
        headers = {"authorization": f"Bearer {self.token}", "content-type": "application/json"}
        return self._send(method, path, query, headers, content)

    def _send(self, method: str, path: str, query: str, headers: dict[str, str], content: bytes) -> Answer:
        inbound = Inbound(method, path, query, headers, content, "https://127.0.0.1:1")
        outbound = self._pipeline.answer(inbound)
        body = json.loads(outbound.content) if outbound.content else None
        return Answer(outbound.status, dict(outbound.headers), body)

    def close(self) -> None:
        self.context.store.close()
