"""The stand-in's state from outside: its log of requests, reset, snapshots, signing keys, trusted issuers."""

from __future__ import annotations

from rehearsal.azure import seed
from rehearsal.azure.errors import ControlError
from rehearsal.azure.login import issuers, keys
from rehearsal.azure.routing import Reply, Request, Route, Service


def list_requests(request: Request) -> Reply:
    """`GET /_rehearsal/requests`: those before this one, oldest first, without headers, bodies and secrets."""
    return Reply(body={"requests": request.context.log.entries()})


def clear_requests(request: Request) -> Reply:
    """`DELETE /_rehearsal/requests`."""
    request.context.log.clear()
    return Reply(204)


def reset(request: Request) -> Reply:
    """`POST /_rehearsal/reset`: an empty Azure with the same tenant, deployer and signing keys, no faults, no log, and
    the clock back on real time. The weather's settings stay.
    """
    context = request.context
    context.store.load([row for row in context.store.dump() if row[0] == keys.KIND])
    context.weather.clear()
    context.log.clear()
    context.clock.reset()
    seed.seed(context, context.client_secret)
    return Reply(204)


def take_snapshot(request: Request) -> Reply:
    """`PUT /_rehearsal/snapshots/{name}`: remember everything the store holds, until the stand-in stops."""
    request.context.snapshots[request.parameters["name"]] = request.context.store.dump()
    return Reply(204)


def restore_snapshot(request: Request) -> Reply:
    """`POST /_rehearsal/snapshots/{name}/restore`: everything as it was, signing keys included."""
    name, snapshots = request.parameters["name"], request.context.snapshots
    if name not in snapshots:
        known = ", ".join(sorted(snapshots)) or "none"
        raise ControlError(404, f"There is no snapshot '{name}'. There are: {known}.")
    request.context.store.load(snapshots[name])
    return Reply(204)


def rotate_keys(request: Request) -> Reply:
    """`POST /_rehearsal/keys/rotate`: the next key signs; the last one stays published until the rotation after."""
    return Reply(body={"kid": keys.rotate(request.context)})


def register_issuer(request: Request) -> Reply:
    """`PUT /_rehearsal/issuers` with `issuer` and either its `jwks` or the `url` on this machine where it publishes its
    discovery document: tokens under its keys can be federated assertions.
    """
    given = request.body if isinstance(request.body, dict) else {}
    issuer, jwks, url = given.get("issuer"), given.get("jwks"), given.get("url")
    if not isinstance(issuer, str) or not issuer or isinstance(jwks, dict) is isinstance(url, str):
        raise ControlError(400, "'issuer' must be text, and either 'jwks' a JSON web key set or 'url' text.")
    try:
        if isinstance(jwks, dict):
            issuers.know_by_keys(request.context, issuer, jwks)
        else:
            issuers.know_by_url(request.context, issuer, str(url))
    except ValueError as error:
        what = "'jwks' is not a JSON web key set" if jwks else "'url' is no address"
        raise ControlError(400, f"{what} that can be used: {error}.") from error
    return Reply(204)


ROUTES = (
    Route(Service.CONTROL, "GET", "/_rehearsal/requests", list_requests, summary="The log of requests"),
    Route(Service.CONTROL, "DELETE", "/_rehearsal/requests", clear_requests, summary="Forget the log"),
    Route(Service.CONTROL, "POST", "/_rehearsal/reset", reset, summary="Back to an empty Azure"),
    Route(Service.CONTROL, "PUT", "/_rehearsal/snapshots/{name}", take_snapshot, summary="Remember everything"),
    Route(Service.CONTROL, "POST", "/_rehearsal/snapshots/{name}/restore", restore_snapshot, summary="Recall it"),
    Route(Service.CONTROL, "POST", "/_rehearsal/keys/rotate", rotate_keys, summary="Let the next key sign"),
    Route(Service.CONTROL, "PUT", "/_rehearsal/issuers", register_issuer, summary="Trust another issuer's keys"),
)
