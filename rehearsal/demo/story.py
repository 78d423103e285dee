"""The story of a stack, from an empty tenant to an empty tenant."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx

from rehearsal.azure.server import Options, running
from rehearsal.demo.stage import Stage
from rehearsal.demo.telling import Telling
from rehearsal.engine.execution.events import Listener
from rehearsal.engine.plan.steps import Op
from rehearsal.folder import RehearsalFolder

READ = "Things.Read.All"
GRANT = f"caller-own-{READ}"
SITE = "caller-site"
REFUSED = 502
"""What the function answers when Entra gives it no token."""
SHOWN_CLAIMS = ("aud", "iss", "oid", "azp", "roles", "ver")


def tell(folder: RehearsalFolder, project: Path, telling: Telling, display: Listener) -> None:
    """Tell the story on a stand-in of its own, in a folder of its own below `folder`.

    `display` is told what the engine does.

    Raises Disagreement at the first step that does not do what it tells; whatever is running then is stopped.
    """
    own = RehearsalFolder.at(folder.root / "demo")
    with ExitStack() as stack:
        stage = _set_the_stage(own, project, telling, display, stack)
        _preview(stage, telling)
        outputs = _deploy(stage, telling)
        api = stack.enter_context(stage.api(outputs))
        _name_the_api(stage, telling, api)
        _call(stage, telling, outputs, api)
        grants = stage.configured("keyless:grants")
        _revoke(stage, telling, outputs)
        _grant_again(stage, telling, outputs, grants)
        _replace_the_site(stage, telling, outputs)
        _destroy(stage, telling)


def _set_the_stage(own: RehearsalFolder, project: Path, telling: Telling, display: Listener, stack: ExitStack) -> Stage:
    telling.chapter("A tenant and a subscription, on this machine")
    for left_over in (own.azure, own.backend):
        shutil.rmtree(left_over, ignore_errors=True)
    endpoint = stack.enter_context(running(Options(state=own.azure)))
    stage = Stage.set(own, project, endpoint, display)
    telling.say(f"The stand-in for Entra ID, Microsoft Graph and ARM listens at {endpoint.https_url}.")
    telling.expect("things of ours in it", expected=0, seen=sum(map(len, stage.contents().values())))
    return stage


def _preview(stage: Stage, telling: Telling) -> None:
    telling.chapter("pulumi preview: what would be there")
    changes = stage.preview().changes
    telling.expect("what is planned", expected={Op.CREATE}, seen=set(changes))
    telling.say(f"{changes[Op.CREATE]} resources: one graph of app, identity, registration and permissions.")
    telling.expect("nothing was created by looking", expected=0, seen=sum(map(len, stage.contents().values())))


def _deploy(stage: Stage, telling: Telling) -> Mapping[str, Any]:
    telling.chapter("pulumi up: all of it at once")
    outputs = stage.up().outputs
    telling.table(
        "Stack outputs", {name: str(outputs[name]) for name in ("functionAppName", "principalId", "scope", "issuer")}
    )
    telling.expect("what a second preview plans", expected=set(), seen=set(stage.preview().changes) - {Op.SAME})
    return outputs


def _name_the_api(stage: Stage, telling: Telling, api: str) -> None:
    telling.chapter("The address of the API goes into the function's settings")
    telling.say(f"The API of workload/api listens at {api}; keyless:appSettings gets API_URL.")
    stage.edit_app_settings({**(stage.configured("keyless:appSettings") or {}), "API_URL": api})
    telling.expect(
        "the change touches the settings and nothing else",
        expected=["update caller-app-settings"],
        seen=stage.changed(stage.preview()),
    )
    stage.up()


def _call(stage: Stage, telling: Telling, outputs: Mapping[str, Any], api: str) -> None:
    telling.chapter("The function asks for a token and calls the API")
    with stage.function(outputs["functionAppName"]) as function:
        answer = httpx.get(f"{function}/api/call", trust_env=False)
        telling.expect("the function calls GET /things", expected=200, seen=answer.status_code)
        claims = httpx.get(f"{function}/api/whoami", trust_env=False).json()["claims"]
        telling.table("What the API read in the token (the token itself is never shown)", _claims(claims))
        telling.expect("the token is for this API", expected=outputs["audience"], seen=claims["aud"])
        telling.expect("it speaks for the app's identity", expected=outputs["principalId"], seen=claims["oid"])
        telling.expect("it carries the granted role", expected=[READ], seen=claims["roles"])
        telling.expect(
            "a call with no token", expected=401, seen=httpx.get(f"{api}/things", trust_env=False).status_code
        )
        refused = httpx.post(f"{function}/api/call", json={"name": "a thing"}, trust_env=False)
        telling.expect("POST /things, which demands Things.Write.All", expected=403, seen=refused.json()["apiStatus"])


def _revoke(stage: Stage, telling: Telling, outputs: Mapping[str, Any]) -> None:
    telling.chapter("The grant is taken out of the configuration")
    stage.edit_grants([grant for grant in stage.configured("keyless:grants") if grant["api"] != "own"])
    planned = stage.preview()
    telling.expect("the preview shows exactly that", expected=[f"delete {GRANT}"], seen=stage.changed(planned))
    stage.up()
    telling.say("A token lives on until it expires, whatever becomes of its roles: the function starts afresh.")
    with stage.function(outputs["functionAppName"]) as function:
        refused = httpx.get(f"{function}/api/call", trust_env=False)
        telling.expect(
            "Entra gives the identity no token for this API any more", expected=REFUSED, seen=refused.status_code
        )
        telling.say(f"The function says: {refused.json()['detail']}")


def _grant_again(stage: Stage, telling: Telling, outputs: Mapping[str, Any], grants: list[dict[str, Any]]) -> None:
    telling.chapter("The grant is put back")
    stage.edit_grants(grants)
    planned = stage.preview()
    telling.expect("the preview shows exactly that", expected=[f"create {GRANT}"], seen=stage.changed(planned))
    stage.up()
    _expect_a_call(stage, telling, outputs)


def _replace_the_site(stage: Stage, telling: Telling, outputs: Mapping[str, Any]) -> None:
    telling.chapter("The site is replaced: its identity dies with it, and a new one comes")
    new = stage.up(replace=[stage.urn(SITE)]).outputs
    telling.expect("the app has a new principal", expected=True, seen=new["principalId"] != outputs["principalId"])
    assigned = {each["principalId"] for each in stage.contents()["appRoleAssignments"]}
    telling.expect("every grant has followed it", expected={new["principalId"]}, seen=assigned)
    _expect_a_call(stage, telling, new)


def _expect_a_call(stage: Stage, telling: Telling, outputs: Mapping[str, Any]) -> None:
    with stage.function(outputs["functionAppName"]) as function:
        answer = httpx.get(f"{function}/api/call", trust_env=False)
        telling.expect("the function calls GET /things", expected=200, seen=answer.status_code)


def _destroy(stage: Stage, telling: Telling) -> None:
    telling.chapter("pulumi destroy: identity and permissions go together")
    stage.destroy()
    contents = stage.contents()
    live = {kind: found for kind, found in contents.items() if not kind.startswith("deleted")}
    telling.table("What is left of ours", {_in_words(kind): str(len(found)) for kind, found in contents.items()})
    telling.expect("things of ours that live on", expected=0, seen=sum(map(len, live.values())))
    telling.say("Entra keeps what was deleted for 30 days, in case it was a mistake; it can sign in nobody.")


def _in_words(kind: str) -> str:
    return re.sub("([A-Z])", lambda capital: f" {capital[1].lower()}", kind)


def _claims(claims: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(claims[name]) for name in SHOWN_CLAIMS if name in claims}
