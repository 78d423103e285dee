"""Access tokens are in the requests that carry them, and nowhere else."""

import gc
import io
import logging
import traceback
from functools import partial
from typing import Any

import azure.functions as func
import pytest

import function_app
import protected_api
from call_failures import CallFailedError
from tests.workload.conftest import in_process
from tests.workload.identity_endpoint import IdentityEndpoint
from tests.workload.issuer import Issuer
from tests.workload.scripted_api import ScriptedApi

TRIGGER = func.HttpRequest(method="GET", url="/api/call", body=b"")
NOWHERE = "http://127.0.0.1:1"


async def everything_shown() -> str:
    """What one process shows while it answers its triggers: answers, and whatever a crash report could print."""
    # A stream, not a list: the frames of the exceptions include this one, and would show the list again and again.
    shown = io.StringIO()
    for function in (function_app.list_things, function_app.add_thing, function_app.show_identity):
        answer = await function(TRIGGER)
        shown.write(f"{answer.get_body()!r} {dict(answer.headers)}")
    api = function_app._api()
    for method in ("GET", "POST"):
        try:
            shown.write(repr(await api.call(method, "/things")))
        except CallFailedError as failure:
            trace = traceback.TracebackException.from_exception(failure, capture_locals=True)
            shown.write("".join(trace.format(chain=True)))
            shown.write(repr((failure, vars(failure), failure.args, failure.__cause__, failure.__context__)))
    shown.write(repr((api, vars(api), vars(api._tokens), api._client.headers)))
    return shown.getvalue()


def test_the_token_is_nowhere_in_logs_traces_exceptions_or_reprs(
    app_settings: pytest.MonkeyPatch, endpoint: IdentityEndpoint, issuer: Issuer, caplog: pytest.LogCaptureFixture
) -> None:
    """A run with everything that can go wrong on the way, in which every logger may say what it likes."""
    caplog.set_level(logging.DEBUG)
    app_settings.setattr(protected_api, "PAUSES", (0.0, 0.0))
    shown = in_process(everything_shown)
    assert "urn:keyless:problem:role-missing" in shown
    opaque = "an-access-token-that-is-no-JWT"
    endpoint.issue = lambda: f"{opaque}\n"  # httpx cannot send it, and quotes it
    shown += in_process(everything_shown)
    assert "LocalProtocolError" in shown
    endpoint.issue = issuer.token
    for status in (200, 302, 401, 403, 404, 503, None):
        api = ScriptedApi(None if status is None else (status, {"Location": "/"}, b"<html>"))
        app_settings.setenv("API_URL", api.url)
        shown += in_process(everything_shown)
        api.close()
        assert all(authorization.startswith("Bearer ey") for authorization in api.authorizations)
    app_settings.setenv("API_URL", NOWHERE)
    shown += in_process(everything_shown)
    token = issuer.token()
    for secret in (token, opaque):
        for body in (f'{{"access_token": "{secret}", "exp', f'["{secret}"]', f'{{"access_token": "{secret}"}}', secret):
            endpoint.failure = 200, body.encode()
            shown += in_process(everything_shown)
    gc.collect()  # so that what complains when it is collected has complained
    shown += caplog.text
    assert len(endpoint.tokens) == 10
    for each in (opaque, token, *endpoint.tokens):
        for part in (each.strip(), *each.split(".")[1:]):
            assert part not in shown


def test_the_api_shows_no_token_that_it_was_sent(
    app_settings: pytest.MonkeyPatch, endpoint: IdentityEndpoint, issuer: Issuer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    refused: list[dict[str, Any]] = [{"roles": ["Other"]}, {"roles": "Things.Read.All"}, {"aud": "another"}, {"exp": 1}]
    for changes in refused:
        endpoint.issue = partial(issuer.token, **changes)
        in_process(everything_shown)
    assert caplog.text.count("Refused GET '/things'") >= len(refused)
    for token in endpoint.tokens:
        for part in token.split(".")[1:]:
            assert part not in caplog.text
