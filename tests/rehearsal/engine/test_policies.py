"""What policy packs do to a run: a real pack, in a process of its own, over Pulumi's own protocol."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest

from rehearsal.engine.errors import ConfigurationError, EngineError
from rehearsal.engine.policy_pack import PolicyPack
from rehearsal.folder import RehearsalFolder
from rehearsal.policy_pack import policy_packs
from tests.rehearsal.engine.stack import Stack
from tests.rehearsal.engine.toy import Cloud

ENVIRONMENT = Path(__file__).parents[3] / "policy" / ".venv"
PACK = """
from pulumi_policy import *

def colour(args, report):
    if args.props.get("colour") == args.get_config()["forbidden"]:
        report(f"{args.name} is {args.props['colour']}.\\nPaint it.")

def alone(args, report):
    things = [resource for resource in args.resources if resource.resource_type == "toy:index:Thing"]
    if len(things) == 1:
        report(f"{things[0].name} is alone at {things[0].props.get('address', 'no address yet')}", things[0].urn)
    if not things:
        report("there is nothing")

forbidden = {"type": "string", "enum": ["red", "blue"], "default": "red"}
PolicyPack(name="toys", enforcement_level=EnforcementLevel.MANDATORY, policies=[
    ResourceValidationPolicy("colour", "Things are not of the forbidden colour.", colour,
                             config_schema=PolicyConfigSchema({"forbidden": forbidden})),
    StackValidationPolicy("company", "No thing is alone.", alone),
])
"""
TWO = """
first = Thing("first", colour="blue")
second = Thing("second", colour="red", partner=first.address)
"""
COLOUR = """\
Policies:
    {mark} toys@v1.2.3 (local: some/pack)
        - [{level}]  colour  (toy:index:Thing: second)
          Things are not of the forbidden colour.
          second is red.
          Paint it.
"""


def written(folder: Path, program: str) -> Path:
    """A pack of this program."""
    folder.mkdir(parents=True)
    runtime = {"name": "python", "options": {"virtualenv": str(ENVIRONMENT)}}
    (folder / "PulumiPolicy.yaml").write_text(json.dumps({"version": "1.2.3", "runtime": runtime}), encoding="utf-8")
    (folder / "__main__.py").write_text(program, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the pack listens; it is the same process for all tests, configured anew by each run."""
    folder = tmp_path_factory.mktemp("pack")
    (pack,) = policy_packs([str(written(folder / "pack", PACK))], [], RehearsalFolder.at(folder / "state"))
    with pack.start() as found:
        yield found


@pytest.fixture
def pack(address: str, tmp_path: Path) -> PolicyPack:
    """The pack, with a configuration that asks for the colour only; `configured` changes it."""
    return configured(PolicyPack("some/pack", lambda: nullcontext(address), "1.2.3", tmp_path / "config.json"))


def configured(pack: PolicyPack, **config: object) -> PolicyPack:
    assert pack.config is not None
    pack.config.write_text(json.dumps({"company": "disabled", **config}), encoding="utf-8")
    return pack


def test_a_mandatory_policy_fails_a_preview_and_is_shown_in_the_words_of_the_cli(
    stack: Stack, pack: PolicyPack
) -> None:
    run = stack.preview(TWO, policy_packs=[pack])
    assert not run.result.succeeded
    assert COLOUR.format(mark="❌", level="mandatory") in run.text
    assert run.said() == ["preview failed"]
    assert "Resources:" not in run.text, "the CLI counts nothing then"


def test_up_does_not_touch_what_a_mandatory_policy_forbids(stack: Stack, cloud: Cloud, pack: PolicyPack) -> None:
    run = stack.up(TWO, policy_packs=[pack])
    assert not run.result.succeeded
    assert COLOUR.format(mark="❌", level="mandatory") in run.text
    assert "create second" not in cloud.changes


def test_an_advisory_policy_is_said_and_stops_nothing(stack: Stack, cloud: Cloud, pack: PolicyPack) -> None:
    run = stack.up(TWO, policy_packs=[configured(pack, all="advisory", company="disabled")])
    assert run.result.succeeded
    assert COLOUR.format(mark="⚠️", level="advisory") in run.text
    assert cloud.changes == ["create first", "create second"]


def test_a_policy_that_is_content_or_disabled_says_nothing(stack: Stack, pack: PolicyPack) -> None:
    content = stack.preview(TWO.replace("red", "green"), policy_packs=[pack])
    disabled = stack.preview(TWO, policy_packs=[configured(pack, all="disabled")])
    for run in (content, disabled):
        assert run.result.succeeded
        assert "Policies:\n    ✅ toys@v1.2.3 (local: some/pack)\n\n" in run.text


def test_a_policy_is_told_its_settings(stack: Stack, pack: PolicyPack) -> None:
    run = stack.preview(TWO, policy_packs=[configured(pack, colour={"forbidden": "blue"})])
    assert not run.result.succeeded
    assert "first is blue." in run.text
    assert "second is red." not in run.text


def test_what_a_policy_says_of_a_secret_is_not_shown(stack: Stack, pack: PolicyPack) -> None:
    run = stack.preview(TWO.replace('"red"', 'Output.secret("red")'), policy_packs=[pack])
    assert not run.result.succeeded
    assert "second is [secret].\n" in run.text


def test_a_stack_policy_fails_a_preview_before_anything_is_made(stack: Stack, cloud: Cloud, pack: PolicyPack) -> None:
    one = configured(pack, company="mandatory")
    preview = stack.preview('Thing("only", colour="blue")', policy_packs=[one])
    assert not preview.result.succeeded
    assert "- [mandatory]  company  (toy:index:Thing: only)" in preview.text
    assert "only is alone at no address yet" in preview.text
    assert cloud.changes == []


def test_a_stack_policy_is_asked_when_everything_is_known_and_says_which_resource_it_is_about(
    stack: Stack, cloud: Cloud, pack: PolicyPack
) -> None:
    run = stack.up('Thing("only", colour="blue")', policy_packs=[configured(pack, company="mandatory")])
    assert not run.result.succeeded
    assert "- [mandatory]  company  (toy:index:Thing: only)" in run.text
    assert "only is alone at at-only-1" in run.text
    assert cloud.changes == ["create only"], "Pulumi asks about the stack when it is there"


def test_a_violation_of_the_stack_as_a_whole_is_attributed_to_it(stack: Stack, pack: PolicyPack) -> None:
    run = stack.preview("", policy_packs=[configured(pack, company="advisory")])
    assert run.result.succeeded
    assert "- [advisory]  company  (pulumi:pulumi:Stack: toys-dev)" in run.text
    assert "there is nothing" in run.text


@pytest.mark.parametrize(
    ("config", "fault"),
    [
        (
            {"colour": {"forbidden": "pink"}},
            "validating policy config: toys 1.2.3  colour: forbidden: 'pink' is not one",
        ),
        ({"colour": "strict"}, "parsing enforcement level for 'colour': 'strict' is not a valid enforcement level"),
        ({"colour": 7}, "parsing 'colour': 7 is not a valid value; must be a string or object"),
        ({"all": "remediate"}, "policies that change resources are not supported: colour, company of toys"),
        ({"environments": ["a/b"]}, "ESC environments"),
    ],
    ids=["setting", "level", "number", "remediate", "esc"],
)
def test_a_configuration_that_cannot_be_used_is_refused_before_anything_is_planned(
    stack: Stack, cloud: Cloud, pack: PolicyPack, config: dict[str, object], fault: str
) -> None:
    configured(pack, **({"company": "remediate"} if config == {"all": "remediate"} else {}), **config)
    with pytest.raises(EngineError) as refused:
        stack.up(TWO, policy_packs=[pack])
    assert fault in str(refused.value)
    assert cloud.changes == []


def test_a_configuration_that_is_no_json_is_refused(stack: Stack, pack: PolicyPack) -> None:
    assert pack.config is not None
    pack.config.write_text("{", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"config.json, can't be read"):
        stack.preview(TWO, policy_packs=[pack])


def test_a_policy_that_breaks_fails_the_run_and_says_why(stack: Stack, cloud: Cloud, tmp_path: Path) -> None:
    broken = PACK.replace("def colour(args, report):", "def colour(args, report):\n    raise KeyError('broken')")
    (pack,) = policy_packs([str(written(tmp_path / "broken", broken))], [], RehearsalFolder.at(tmp_path / "state"))
    run = stack.up(TWO, policy_packs=[pack])
    assert not run.result.succeeded
    assert "failed to run policy" in run.text
    assert "broken" in run.text
    assert cloud.changes == []
