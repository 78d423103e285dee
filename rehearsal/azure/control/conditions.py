"""The weather from outside: latency, replication delay, faults, and the clock."""

from __future__ import annotations

import math
from typing import Any, TypeGuard

from rehearsal.azure.errors import ControlError
from rehearsal.azure.routing import Reply, Request, Route, Service
from rehearsal.azure.weather import Fault, Latency

_LONGEST = 10 * 365 * 86_400


def get_weather(request: Request) -> Reply:
    """`GET /_rehearsal/weather`."""
    return Reply(body=request.context.weather.settings())


def set_weather(request: Request) -> Reply:
    """`PATCH /_rehearsal/weather`: any of `latency` (`none`, `azure`), `speed` (over 0), `replicationDelay` (seconds),
    `staleReads` and `cachedIdentityTokens`. Every bad value is named.
    """
    weather = request.context.weather
    given = {**weather.settings(), **_object(request)}
    problems = [f"unknown setting '{name}'" for name in given if name not in weather.settings()]
    if given["latency"] not in [profile.value for profile in Latency]:
        problems.append("'latency' must be 'none' or 'azure'")
    if not _number(given["speed"]) or given["speed"] <= 0:
        problems.append("'speed' must be a number over 0")
    if not _number(given["replicationDelay"]) or not 0 <= given["replicationDelay"] <= _LONGEST:
        problems.append("'replicationDelay' must be seconds, 0 or more")
    problems += [
        f"'{name}' must be true or false"
        for name in ("staleReads", "cachedIdentityTokens")
        if not isinstance(given[name], bool)
    ]
    if problems:
        raise ControlError(400, f"The weather cannot be set: {'; '.join(problems)}.")
    weather.latency, weather.speed = Latency(given["latency"]), float(given["speed"])
    weather.replication_delay, weather.stale_reads = float(given["replicationDelay"]), given["staleReads"]
    weather.cached_identity_tokens = given["cachedIdentityTokens"]
    return Reply(body=weather.settings())


def list_faults(request: Request) -> Reply:
    """`GET /_rehearsal/faults`: those that still strike."""
    return Reply(body={"faults": [_shown(fault) for fault in request.context.weather.faults()]})


def add_fault(request: Request) -> Reply:
    """`POST /_rehearsal/faults` with `route` (`POST /v1.0/applications`, or `GET /v1.0/*`) and any of `status`,
    `retryAfter`, `after`, `times` (null: always), `probability` and `seed`; without a status the connection drops.
    """
    given = _object(request)
    known = {"route", "status", "retryAfter", "after", "times", "probability", "seed"}
    problems = [f"unknown property '{name}'" for name in given if name not in known]
    if not isinstance(given.get("route"), str):
        problems.append("'route' must be a method and a path, such as 'POST /v1.0/applications'")
    if not _whole(given.get("status"), 400, 599):
        problems.append("'status' must be 400 to 599, or absent to drop the connection")
    if not _whole(given.get("retryAfter"), 0, 86_400):
        problems.append("'retryAfter' must be whole seconds")
    if not _whole(given.get("times", 1), 1, 10**9):
        problems.append("'times' must be 1 or more, or null for always")
    if not _number(given.get("probability", 1)) or not 0 <= given.get("probability", 1) <= 1:
        problems.append("'probability' must be 0 to 1")
    if not _whole(given.get("seed", 0), -(2**62), 2**62) or given.get("seed", 0) is None:
        problems.append("'seed' must be a whole number")
    if not isinstance(given.get("after", False), bool):
        problems.append("'after' must be true or false")
    if problems:
        raise ControlError(400, f"The fault cannot be added: {'; '.join(problems)}.")
    fault = Fault(
        route=given["route"],
        status=given.get("status"),
        retry_after=given.get("retryAfter"),
        after=given.get("after", False),
        times=given.get("times", 1),
        probability=given.get("probability", 1),
        seed=given.get("seed", 0),
    )
    request.context.weather.add(fault)
    return Reply(201, _shown(fault))


def clear_faults(request: Request) -> Reply:
    """`DELETE /_rehearsal/faults`."""
    request.context.weather.clear()
    return Reply(204)


def advance_clock(request: Request) -> Reply:
    """`POST /_rehearsal/clock` with `advance` in seconds: delays, expiries and operations that would be over by then
    are over. Tokens issued from now on are dated by this clock.
    """
    seconds = _object(request).get("advance")
    if not _number(seconds) or not 0 <= seconds <= _LONGEST:
        raise ControlError(400, f"'advance' must be seconds from 0 to {_LONGEST}.")
    request.context.clock.advance(seconds)
    return Reply(body={"now": request.context.clock.timestamp()})


def _object(request: Request) -> dict[str, Any]:
    if not isinstance(request.body, dict):
        raise ControlError(400, "The body must be a JSON object.")
    return request.body


def _number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _whole(value: object, least: int, most: int) -> bool:
    return value is None or (isinstance(value, int) and not isinstance(value, bool) and least <= value <= most)


def _shown(fault: Fault) -> dict[str, Any]:
    return {
        "id": fault.id,
        "route": fault.route,
        "status": fault.status,
        "retryAfter": fault.retry_after,
        "after": fault.after,
        "times": fault.times,
        "probability": fault.probability,
        "seed": fault.seed,
    }


ROUTES = (
    Route(Service.CONTROL, "GET", "/_rehearsal/weather", get_weather, summary="Latency, delay and caching as set"),
    Route(Service.CONTROL, "PATCH", "/_rehearsal/weather", set_weather, summary="Set latency, delay and caching"),
    Route(Service.CONTROL, "GET", "/_rehearsal/faults", list_faults, summary="Faults that still strike"),
    Route(Service.CONTROL, "POST", "/_rehearsal/faults", add_fault, summary="Let something go wrong"),
    Route(Service.CONTROL, "DELETE", "/_rehearsal/faults", clear_faults, summary="Let nothing go wrong any more"),
    Route(Service.CONTROL, "POST", "/_rehearsal/clock", advance_clock, summary="Put the stand-in's clock forward"),
)
