"""Configuration reaches the program as the CLI would hand it over, or is refused with every fault."""

from __future__ import annotations

import pytest

from rehearsal.engine.errors import ConfigurationError, NotSupported
from rehearsal.engine.state.passphrase import Secrets
from rehearsal.engine.values import Secret
from tests.rehearsal.engine.stack import Stack

SCHEMA = """
name: toys
runtime: python
config:
  size: {type: integer, default: 3}
  label: {type: string, description: what to call it}
  on: {type: boolean, default: true}
  tags: {type: array, items: {type: string}, default: [a, b]}
  spec: {type: object, default: {}}
  key: {type: string, secret: true, default: none}
"""

SHOW_ALL = """
config = pulumi.Config()
for key in ("size", "label", "on"):
    export(key, config.require(key))
export("tags", config.require_object("tags"))
export("spec", config.require_object("spec"))
"""


def _configure(stack: Stack, project: str, values: str) -> None:
    (stack.project / "Pulumi.yaml").write_text(project, encoding="utf-8")
    (stack.project / "Pulumi.dev.yaml").write_text(values, encoding="utf-8")


def test_values_of_every_type_and_their_defaults_reach_the_program_as_text(stack: Stack) -> None:
    _configure(
        stack,
        SCHEMA.replace("  key: {type: string, secret: true, default: none}\n", ""),
        'config: {toys:label: "7", toys:spec: {x: [1, {y: true}]}, toys:on: false}',
    )
    assert stack.up(SHOW_ALL).result.outputs == {
        "size": "3",
        "label": "7",
        "on": "false",
        "tags": ["a", "b"],
        "spec": {"x": [1, {"y": True}]},
    }


def test_every_fault_of_a_configuration_is_named_at_once(stack: Stack) -> None:
    _configure(stack, SCHEMA, "config: {toys:size: many, toys:on: 7, toys:tags: [1], toys:spec: text, toys:key: open}")
    with pytest.raises(ConfigurationError) as raised:
        stack.up(SHOW_ALL)
    message = str(raised.value)
    for fault in (
        "Stack 'dev' is missing configuration value 'label'",
        "configuration key 'size' must be of type 'integer'",
        "configuration key 'on' must be of type 'boolean'",
        "configuration key 'tags' must be of type 'array<string>'",
        "configuration key 'spec' must be of type 'object'",
        "configuration key 'key' must be encrypted as it's secret",
    ):
        assert fault in message
    assert not stack.state_file.exists()


def test_a_stack_can_be_destroyed_whatever_its_configuration_has_become(stack: Stack) -> None:
    stack.up('Thing("a")')
    _configure(stack, SCHEMA, "config: {toys:size: many}")
    assert stack.destroy().result.succeeded


def test_secure_values_are_decrypted_and_stay_secret(stack: Stack) -> None:
    secrets = Secrets.new("pass")
    stack.passphrase = "pass"
    _configure(
        stack,
        "name: toys\nruntime: python\n",
        f"encryptionsalt: {secrets.salt_line}\nconfig:\n  toys:key: {{secure: '{secrets.encrypt('hush')}'}}\n",
    )
    run = stack.up('key = pulumi.Config().require_secret("key")\nThing("a", key=key)\nexport("key", key)')
    assert run.result.outputs == {"key": Secret("hush")}
    assert "hush" not in run.text
    assert stack.state()["secrets_providers"]["state"]["salt"] == secrets.salt_line


def test_a_wrong_passphrase_is_told_before_anything_happens(stack: Stack) -> None:
    stack.passphrase = "right"
    stack.up('export("key", Output.secret("hush"))')
    stack.passphrase = "wrong"
    with pytest.raises(ConfigurationError, match="incorrect passphrase"):
        stack.up()


@pytest.mark.parametrize(
    ("project", "values", "error", "said"),
    [
        ("name: toys\nruntime: nodejs\n", "{}", NotSupported, "nodejs"),
        ("runtime: python\n", "{}", ConfigurationError, "name"),
        ("name: [", "{}", ConfigurationError, "Pulumi.yaml"),
        (SCHEMA.replace("integer, default: 3", "integer, default: x"), "{}", ConfigurationError, "'size'"),
        ("name: toys\nruntime: python\n", "config: [1]", ConfigurationError, "must be a map"),
        ("name: toys\nruntime: python\n", "config: {a:b:c: 1}", ConfigurationError, "could not parse a:b:c"),
        ("name: toys\nruntime: python\n", "secretsprovider: awskms://x", NotSupported, "awskms://x"),
        ("name: toys\nruntime: python\n", "environment: [e]", NotSupported, "environment"),
        ("name: toys\nruntime: python\n", "config: {'pulumi:autonaming': {}}", NotSupported, "pulumi:autonaming"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_what_is_wrong(
    project: str, values: str, error: type[Exception], said: str, stack: Stack
) -> None:
    _configure(stack, project, values)
    with pytest.raises(error) as raised:
        stack.up('Thing("a")')
    assert said in str(raised.value)
