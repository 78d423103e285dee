"""A run of the azuread provider, recorded against another server and replayed here request by request.

`azuread_exchanges.jsonl`: apply, plan, update, plan, destroy of two applications, two service principals and a grant by
terraform-provider-azuread 3.9. Each line has what the provider sent, and of the answer the status and the fields that
the provider needs. Ids of objects are those of the recording; names in capitals stand for what differs from tenant to
tenant. The recorded identifier URI had neither a tenant id nor a domain in it, which Entra's policy refuses; here it
has.
"""

import json
from pathlib import Path
from typing import Any

from tests.rehearsal.azure.stand_in import StandIn

EXCHANGES = [json.loads(line) for line in (Path(__file__).parent / "azuread_exchanges.jsonl").read_text().splitlines()]


def test_every_exchange_gets_the_status_and_the_fields_the_provider_needs(stand_in: StandIn) -> None:
    names = {
        "TENANT-ID": stand_in.endpoint.tenant_id,
        "DEPLOYER-APP-ID": stand_in.endpoint.client_id,
        "CLIENT-SECRET": stand_in.endpoint.client_secret,
        "BASE-URL": stand_in.endpoint.https_url,
        "GRAPH-OBJECT-ID": stand_in.published("Microsoft Graph")["id"],
        "DEPLOYER-OBJECT-ID": stand_in.made(
            "GET", f"/v1.0/servicePrincipals(appId='{stand_in.endpoint.client_id}')", status=200
        )["id"],
    }
    for exchange in EXCHANGES:
        answer = send(stand_in, here(exchange, names))
        said = f"{exchange['seq']}: {exchange['method']} {exchange['path']}: {answer.status_code} {answer.text[:300]}"
        assert answer.status_code == exchange["status"], said
        if exchange["answer"] is not None:
            if exchange["status"] == 201:
                learn(names, exchange["answer"], answer.json())
            assert_has(answer.json(), here(exchange["answer"], names), said)


def send(stand_in: StandIn, exchange: dict[str, Any]) -> Any:
    body = exchange["body"]
    content = {"data": body["form"]} if body and "form" in body else {"json": body} if body is not None else {}
    client = stand_in.graph if exchange["path"].startswith(("/v1.0", "/beta")) else stand_in.anonymous
    return client.request(exchange["method"], exchange["path"], params=exchange["query"], **content)


def here(value: Any, names: dict[str, str]) -> Any:
    """A recorded value as it is at this stand-in."""
    text = json.dumps(value)
    for recorded, own in names.items():
        text = text.replace(recorded, own)
    return json.loads(text)


def learn(names: dict[str, str], recorded: dict[str, Any], own: dict[str, Any]) -> None:
    """The ids that the server chose."""
    for field in ("id", "appId"):
        if field in recorded and recorded[field] not in names.values():
            names[recorded[field]] = own[field]


def assert_has(own: Any, recorded: Any, said: str) -> None:
    """Every recorded field is there with the recorded value; there may be more."""
    if isinstance(recorded, dict):
        for name, value in recorded.items():
            assert name in own, f"{said}: '{name}' is missing"
            assert_has(own[name], value, f"{said}: '{name}'")
    elif isinstance(recorded, list):
        assert len(own) == len(recorded), said
        for item, value in zip(own, recorded, strict=True):
            assert_has(item, value, said)
    else:
        assert own == recorded, f"{said}: {own!r}, not {recorded!r}"
