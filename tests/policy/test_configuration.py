"""How strict a rule is, by stack: what the configuration may say and what it means."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from policy.configuration import Configuration, ConfigurationError, Level
from policy.resource import Resource
from policy.rules import RULES, check

POLICY = Path(__file__).parents[2] / "policy"
OPEN_ACCOUNT = Resource(
    "urn:pulumi:dev::keyless::azure-native:storage:StorageAccount::account", {"minimumTlsVersion": "TLS1_2"}
)
NAMES = ", ".join(sorted(rule.name for rule in RULES))


def levels(config: dict[str, Any]) -> dict[str, Level]:
    return {violation.rule: violation.level for violation in check([OPEN_ACCOUNT], "dev", config)}


def test_without_a_configuration_every_rule_is_mandatory() -> None:
    assert levels({}) == {"no-shared-keys": Level.MANDATORY, "no-public-access": Level.MANDATORY}


def test_all_gives_the_level_of_every_rule_but_those_that_have_their_own() -> None:
    assert levels({"all": "advisory", "no-shared-keys": "mandatory"}) == {
        "no-shared-keys": Level.MANDATORY,
        "no-public-access": Level.ADVISORY,
    }


def test_a_rule_that_is_disabled_is_not_asked() -> None:
    assert levels({"no-shared-keys": "disabled", "no-public-access": {"enforcementLevel": "disabled"}}) == {}


def test_a_rule_with_settings_only_has_the_level_of_all() -> None:
    config = {"all": "advisory", "no-takeover-role": {"allowed": []}}
    assert Configuration.parse(config, RULES).levels["no-takeover-role"] is Level.ADVISORY


def test_settings_that_are_not_given_have_their_defaults() -> None:
    configuration = Configuration.parse({"protected-in-production": {"productionStacks": ["live"]}}, RULES)
    assert configuration.settings["protected-in-production"] == {"productionStacks": ["live"]}
    assert configuration.settings["no-takeover-role"] == {"allowed": []}
    assert configuration.settings["no-user-role-outside-development"] == {"developmentStacks": ["dev", "dev-*"]}


@pytest.mark.parametrize(
    ("config", "faults"),
    [
        ({"no-keys": "mandatory"}, [f"'no-keys' is no rule. Rules are {NAMES}, and 'all' stands for each of them."]),
        ({"all": "strict"}, ["all: 'strict' is no level. Levels are mandatory, advisory and disabled."]),
        ({"https-only": "remediate"},
         ["https-only: 'remediate' is no level. Levels are mandatory, advisory and disabled."]),
        ({"https-only": {"enforcementLevel": 3}},
         ["https-only: 3 is no level. Levels are mandatory, advisory and disabled."]),
        ({"https-only": {"stacks": []}}, ["https-only: 'stacks' is no setting. It takes enforcementLevel."]),
        ({"protected-in-production": {"productionStacks": "prod"}},
         ["protected-in-production: productionStacks is 'prod', not a list."]),
        ({"protected-in-production": {"productionStacks": ["prod", 1]}},
         ["protected-in-production: productionStacks[1] is 1, not text."]),
        ({"no-takeover-role": {"allowed": ["Directory.ReadWrite.All"]}},
         ["no-takeover-role: allowed[0] is 'Directory.ReadWrite.All', not an object."]),
        ({"no-takeover-role": {"allowed": [{"role": "Directory.ReadWrite.All"}]}},
         ["no-takeover-role: allowed[0] has no reason."]),
        ({"no-takeover-role": {"allowed": [{"role": "Directory.ReadWrite.All", "reason": " "}]}},
         ["no-takeover-role: allowed[0].reason is empty."]),
        ({"all": "strict", "https-only": {"a": 1}},
         ["all: 'strict' is no level. Levels are mandatory, advisory and disabled.",
          "https-only: 'a' is no setting. It takes enforcementLevel."]),
    ],
)  # fmt: skip
def test_everything_wrong_with_a_configuration_is_said_at_once(config: dict[str, Any], faults: list[str]) -> None:
    with pytest.raises(ConfigurationError) as refused:
        check([], "dev", config)
    assert str(refused.value).splitlines() == faults


@pytest.mark.parametrize(("stack", "level"), [("dev", Level.ADVISORY), ("prod", Level.MANDATORY)])
def test_the_configuration_of_each_stack_can_be_used(stack: str, level: Level) -> None:
    document = json.loads((POLICY / f"{stack}.json").read_text(encoding="utf-8"))
    assert Configuration.parse(document, RULES).levels["https-only"] is level


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_no_stack_may_have_a_takeover_role_or_a_shared_key(stack: str) -> None:
    document = json.loads((POLICY / f"{stack}.json").read_text(encoding="utf-8"))
    parsed = Configuration.parse(document, RULES).levels
    assert parsed["no-takeover-role"] is parsed["no-shared-keys"] is Level.MANDATORY


def test_every_rule_has_a_name_of_its_own_and_a_row_in_the_readme() -> None:
    readme = (POLICY / "README.md").read_text(encoding="utf-8")
    assert len({rule.name for rule in RULES}) == len(RULES)
    assert [rule.name for rule in RULES if f"| `{rule.name}` | {rule.description} |" not in readme] == []
