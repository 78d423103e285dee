"""The functions, from trigger to answer, with a real API, identity endpoint and credential around them."""

import asyncio
import json
import logging
from dataclasses import replace
from typing import Any

import azure.functions as func
import httpx
import pytest

import function_app
import protected_api
from call_failures import CallFailedError, MisconfiguredError
from tests.workload.conftest import in_process, settings_v2
from tests.workload.identity_endpoint import IdentityEndpoint
from tests.workload.issuer import API, CLIENT, PRINCIPAL, Issuer
from tests.workload.scripted_api import ScriptedApi
from tests.workload.server import served
from workload.api.service import service

GET = func.HttpRequest(method="GET", url="/api/call", body=b"")
POST = func.HttpRequest(method="POST", url="/api/call", body=b'{"name": "<script>"}')


class LateTimer(func.TimerRequest):
    past_due = True


def content(answer: func.HttpResponse) -> Any:
    return json.loads(answer.get_body())


def test_the_app_has_its_triggers_and_no_keys() -> None:
    functions = {each.get_function_name(): each.get_trigger() for each in function_app.app.get_functions()}
    triggers = {name: trigger.get_dict_repr() for name, trigger in functions.items() if trigger}
    assert {name: (each.get("route"), each.get("methods")) for name, each in triggers.items() if "route" in each} == {
        "list_things": ("call", [func.HttpMethod.GET]),
        "add_thing": ("call", [func.HttpMethod.POST]),
        "show_identity": ("whoami", [func.HttpMethod.GET]),
    }
    assert {str(each["authLevel"]).lower() for each in triggers.values() if "route" in each} == {"anonymous"}
    assert triggers["count_things"]["type"] == "timerTrigger"


def test_the_answer_of_the_api_is_passed_on(app_settings: pytest.MonkeyPatch) -> None:
    answer = in_process(lambda: function_app.list_things(GET))
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert [thing["name"] for thing in content(answer)["things"]] == ["a thing", "another thing"]


def test_the_claims_that_the_api_reads_are_shown_and_the_token_is_not(
    app_settings: pytest.MonkeyPatch, endpoint: IdentityEndpoint
) -> None:
    answer = in_process(lambda: function_app.show_identity(GET))
    claims = content(answer)["claims"]
    assert (claims["aud"], claims["oid"], claims["azp"]) == (API, PRINCIPAL, CLIENT)
    assert claims["roles"] == ["Things.Read.All"]
    assert endpoint.tokens[0] not in answer.get_body().decode()


def test_a_role_that_the_identity_lacks_is_said_to_be_missing(app_settings: pytest.MonkeyPatch) -> None:
    answer = in_process(lambda: function_app.add_thing(POST))
    assert (answer.status_code, answer.mimetype) == (502, "application/problem+json")
    assert content(answer) == {
        "type": "urn:keyless:problem:role-missing",
        "title": "Bad Gateway",
        "status": 502,
        "detail": "The identity of this app has no role Things.Write.All; grant it under keyless:grants in "
        "Pulumi.<stack>.yaml and run `pulumi up`. The platform caches tokens for about a day, so one from before the "
        "grant may be in use.",
        "apiStatus": 403,
    }


def test_a_role_that_was_granted_is_all_it_takes(
    app_settings: pytest.MonkeyPatch, issuer: Issuer, endpoint: IdentityEndpoint
) -> None:
    endpoint.issue = lambda: issuer.token(roles=["Things.Write.All"])
    with served(service(settings_v2(issuer))) as port:
        app_settings.setenv("API_URL", f"http://127.0.0.1:{port}")
        answer = in_process(lambda: function_app.add_thing(POST))
    assert answer.status_code == 201
    assert content(answer)["name"] == "a thing that the function added", "what the trigger was sent goes nowhere"


def test_an_api_of_another_stack_is_said_to_be_one(app_settings: pytest.MonkeyPatch, issuer: Issuer) -> None:
    other = replace(settings_v2(issuer), audience="aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee")
    with served(service(other)) as port:
        app_settings.setenv("API_URL", f"http://127.0.0.1:{port}")
        answer = in_process(lambda: function_app.list_things(GET))
    assert answer.status_code == 502
    assert (content(answer)["type"], content(answer)["apiStatus"]) == ("urn:keyless:problem:token-refused", 401)


@pytest.mark.parametrize(
    ("message", "status", "kind"),
    [
        ("AADSTS501051: Application 'x' is not assigned to a role for the application 'y'.", 502, "not-assigned"),
        ("AADSTS500011: The resource principal named y was not found in the tenant.", 502, "unknown-api"),
        ("The identity endpoint is on strike.", 503, "no-token"),
    ],
)
def test_a_token_that_entra_refuses_is_told_without_its_words(
    app_settings: pytest.MonkeyPatch, endpoint: IdentityEndpoint, message: str, status: int, kind: str
) -> None:
    endpoint.refuse(400, message)
    answer = in_process(lambda: function_app.list_things(GET))
    assert answer.status_code == status
    assert content(answer)["type"] == f"urn:keyless:problem:{kind}"
    assert message not in answer.get_body().decode()
    assert "apiStatus" not in content(answer)


def test_an_api_that_asks_for_a_pause_is_passed_on_as_one(app_settings: pytest.MonkeyPatch) -> None:
    busy = ScriptedApi((429, {"Retry-After": "120"}, b""))
    app_settings.setenv("API_URL", busy.url)
    try:
        answer = in_process(lambda: function_app.list_things(GET))
    finally:
        busy.close()
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "120")
    assert content(answer)["type"] == "urn:keyless:problem:api-unavailable"
    assert busy.url not in answer.get_body().decode()


def test_missing_settings_are_named_in_the_log_and_mended_without_a_restart(
    app_settings: pytest.MonkeyPatch, api: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    async def story() -> None:
        app_settings.delenv("API_URL")
        answer = await function_app.list_things(GET)
        assert answer.status_code == 500
        assert content(answer)["type"] == "urn:keyless:problem:misconfigured"
        assert "API_URL is missing: add it to keyless:appSettings in Pulumi.<stack>.yaml." in caplog.text
        with pytest.raises(MisconfiguredError):
            await function_app.count_things(LateTimer())
        app_settings.setenv("API_URL", str(api.base_url))
        assert (await function_app.list_things(GET)).status_code == 200

    in_process(story)


def test_the_timer_calls_the_api(app_settings: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    in_process(lambda: function_app.count_things(LateTimer()))
    assert "The API has 2 things." in caplog.text


def test_a_timer_run_that_fails_is_a_failed_run(app_settings: pytest.MonkeyPatch, endpoint: IdentityEndpoint) -> None:
    endpoint.refuse(400, "AADSTS501051: Application 'x' is not assigned to a role for the application 'y'.")
    with pytest.raises(CallFailedError, match="keyless:grants"):
        in_process(lambda: function_app.count_things(LateTimer()))


def test_a_thousand_invocations_at_once_ask_the_identity_endpoint_once(
    app_settings: pytest.MonkeyPatch, endpoint: IdentityEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protected_api, "ATTEMPT_TIMEOUT", 60.0)

    async def story() -> None:
        answers = await asyncio.gather(*(function_app.list_things(GET) for _ in range(1000)))
        assert {answer.status_code for answer in answers} == {200}

    in_process(story)
    assert endpoint.resources == [f"api://{API}"]
