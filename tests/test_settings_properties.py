"""What holds for every configuration, however wrong."""

from __future__ import annotations

import json
import re
import shlex
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from settings import InvalidSettingsError, Settings
from tests.components.recording import deploy
from tests.test_settings import FAULTS, VALID, as_pulumi_gives_it, load

WORDS = ("name", "roles", "value", "description", "displayName", "identifierUri", "api", "GREETING", "TZ", "a:b")
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)
keys = st.sampled_from(sorted(VALID)) | st.text(max_size=6).map(lambda name: f"keyless:{name}")


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(keys, json_values, max_size=5))
@example({"keyless:api": "[" * 100_000})
@example({"keyless:api": "1" * 10_000})
@example({"keyless:api": {"name": "x", "roles": [None, 1, "a", [], {}]}})
@example({"keyless:grants": [None, {"api": {}, "roles": [[], {}, None]}]})
def test_any_configuration_is_settings_or_a_message_with_every_fault(config: dict[str, Any]) -> None:
    refused = InvalidSettingsError("dev", [])
    try:
        load(config)
    except InvalidSettingsError as error:
        refused = error
    for fault in refused.faults:
        assert fault.path.startswith(("keyless:", "azure-native:location"))
        assert str(fault) in str(refused)
        assert all((fault.problem, fault.allowed, fault.remedy))


@settings(max_examples=60, deadline=None)
@given(place=st.sampled_from(["api", "grants", "appSettings", "protect"]), value=json_values)
def test_whatever_is_accepted_is_of_the_declared_types(place: str, value: Any) -> None:
    try:
        accepted = load({**VALID, f"keyless:{place}": value, "keyless:grants": value if place == "grants" else []})
    except InvalidSettingsError:
        return
    assert all(isinstance(role.value, str) and role.value for role in accepted.apis["own"].roles)
    assert all(isinstance(role, str) and role for grant in accepted.callers[0].grants for role in grant.roles)
    assert all(isinstance(setting, str) for setting in accepted.callers[0].app_settings.values())
    assert isinstance(accepted.protect, bool)


@pytest.mark.parametrize("config", [config for config, message in FAULTS.values() if " config set " in message])
def test_the_command_in_a_message_heals_the_fault(config: dict[str, Any]) -> None:
    with pytest.raises(InvalidSettingsError) as refused:
        load(config)
    (fault,) = refused.value.faults
    command = shlex.split(fault.remedy[fault.remedy.index("pulumi config set") :])
    healed = json.loads(json.dumps(config))
    _set(healed, command[-2], command[-1])
    load(healed)


def _set(config: dict[str, Any], path: str, value: str) -> None:
    """Does what `pulumi config set --path` does to a configuration file."""
    namespace, _, rest = path.partition(":")
    first, *steps = re.findall(r"[^.\[\]]+", rest)
    key = f"{namespace}:{first}"
    if not steps:
        config[key] = value
        return
    place = config.setdefault(key, {})
    for step in steps[:-1]:
        place = place[int(step) if isinstance(place, list) else step]
    place[int(steps[-1]) if isinstance(place, list) else steps[-1]] = value


def test_the_configuration_is_the_only_thing_that_settings_depend_on() -> None:
    first, second = (load(VALID) for _ in range(2))
    assert first == second
    with pytest.raises(InvalidSettingsError):
        deploy(Settings.load, config=as_pulumi_gives_it({}))
