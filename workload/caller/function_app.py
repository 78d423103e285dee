"""The functions of this app: they call a protected API with the app's own identity, over HTTP and on a schedule.

The HTTP triggers are anonymous. A function key would be a shared secret, which this app exists to avoid; and they take
nothing from their callers that reaches the API: method and path are fixed, and so is the body. What they give away is
what the API answers, and who may have that is decided in front of the app: by App Service access restrictions or a
private endpoint (who can reach it), or by App Service authentication (who has signed in).
"""

import functools
import json
import logging
import os
from typing import Any

import azure.functions as func

from access_tokens import AccessTokens, process_credential
from app_settings import AppSettings
from call_failures import CallFailedError
from protected_api import ProtectedApi, pooled_client

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)

_log = logging.getLogger(__name__)


@app.route(route="call", methods=["GET"])
async def list_things(req: func.HttpRequest) -> func.HttpResponse:
    """`GET /api/call`: what the API answers to `GET /things`."""
    return await _passed_on("GET", "/things")


@app.route(route="call", methods=["POST"])
async def add_thing(req: func.HttpRequest) -> func.HttpResponse:
    """`POST /api/call`: what the API answers to `POST /things`, which demands another role."""
    return await _passed_on("POST", "/things", {"name": "a thing that the function added"})


@app.route(route="whoami", methods=["GET"])
async def show_identity(req: func.HttpRequest) -> func.HttpResponse:
    """`GET /api/whoami`: what the API reads in this app's token."""
    return await _passed_on("GET", "/whoami")


@app.timer_trigger(arg_name="timer", schedule="0 */15 * * * *")
async def count_things(timer: func.TimerRequest) -> None:
    """Every quarter of an hour. A call that fails is raised, so that the platform counts the run as failed."""
    answer = await _api().call("GET", "/things")
    _log.info("The API has %d things.", len(answer.content["things"]))


@functools.cache
def _api() -> ProtectedApi:
    """The one API of this process, with its one credential and its one connection pool.

    Made by the first invocation, not when the platform loads this module: settings that are wrong are then reported by
    whatever needs them, instead of an app that has no functions. Raises `MisconfiguredError`.
    """
    return ProtectedApi(AppSettings.read(os.environ), AccessTokens(process_credential()), pooled_client())


async def _passed_on(method: str, path: str, content: Any = None) -> func.HttpResponse:
    try:
        answer = await _api().call(method, path, content)
    except CallFailedError as failure:
        _log.error("%s", failure)
        return _problem(failure)
    return func.HttpResponse(json.dumps(answer.content), status_code=answer.status, mimetype="application/json")


def _problem(failure: CallFailedError) -> func.HttpResponse:
    """A problem details object (RFC 9457), with the API's status as a member of its own."""
    content: dict[str, Any] = {
        "type": f"urn:keyless:problem:{failure.kind}",
        "title": failure.status.phrase,
        "status": failure.status,
        "detail": failure.detail,
    }
    if failure.api_status is not None:
        content["apiStatus"] = failure.api_status
    headers = {} if failure.retry_after is None else {"Retry-After": str(failure.retry_after)}
    return func.HttpResponse(
        json.dumps(content), status_code=failure.status, headers=headers, mimetype="application/problem+json"
    )
