"""What the engine does not do it refuses by name, and nothing is created."""

from __future__ import annotations

import pytest

from tests.rehearsal.engine.stack import Stack
from tests.rehearsal.engine.toy import Cloud

HOOKED = """
hook = pulumi.ResourceHook("greet", lambda args: None)
Thing("a", opts=ResourceOptions(hooks=pulumi.ResourceHookBinding(before_create=[hook])))
"""


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ('Thing("a", opts=ResourceOptions(hide_diffs=["colour"]))', "hidden differences (hide_diffs)"),
        ('pulumi.ComponentResource("toy:index:Far", "far", {}, remote=True)', "multi-language components (remote)"),
        (
            'Provider("p", opts=ResourceOptions(env_var_mappings={"A": "B"}))',
            "environment variables mapped for a provider (env_var_mappings)",
        ),
        ('export("x", pulumi.runtime.call("toy:index:do", {}))', "toy:index:do is a method of a component"),
        ('Thing("a", data=pulumi.RemoteAsset("https://example.invalid/data"))', "is on the network"),
        ('Thing("a", data=pulumi.FileAsset("missing.txt"))', "missing.txt can't be read"),
        (
            'Thing("a", opts=ResourceOptions(custom_timeouts=pulumi.CustomTimeouts(create="soon")))',
            "unable to parse customTimeout Value soon: expected a duration like 30m, 90s or 1h30m",
        ),
    ],
    ids=["hide_diffs", "remote", "env_var_mappings", "method", "network", "missing file", "timeout"],
)
def test_an_option_the_engine_does_not_honour_is_refused_by_name(
    program: str, said: str, stack: Stack, cloud: Cloud
) -> None:
    run = stack.up(program)
    assert not run.result.succeeded
    assert any(said in message for message in run.said()), run.said()
    assert cloud.changes == []


def test_hooks_are_refused_by_the_sdk_since_the_engine_offers_none(stack: Stack, cloud: Cloud) -> None:
    run = stack.up(HOOKED)
    assert not run.result.succeeded
    assert any("hooks" in message for message in run.said()), run.said()
    assert cloud.changes == []


def test_a_package_without_a_provider_is_named_with_those_there_are(stack: Stack) -> None:
    run = stack.up('pulumi.CustomResource("other:index:Thing", "a", {})')
    assert "no provider for package 'other' (it has providers for: toy)" in run.said()


def test_two_configurations_of_one_process_are_refused(stack: Stack) -> None:
    run = stack.up('Provider("p", region="north")\nProvider("q", region="south")')
    assert not run.result.succeeded
    assert any("there is one process for the package 'toy'" in message for message in run.said())


@pytest.mark.parametrize("operation", ["preview", "up"])
def test_what_needs_an_excluded_resource_that_does_not_exist_is_refused(
    operation: str, stack: Stack, cloud: Cloud
) -> None:
    """Pulumi 3.260.0 creates it, and can no longer read the state that it has written then."""
    stack.program('a = Thing("a")\nThing("b", partner=a.address)')
    a, b = (f"urn:pulumi:dev::toys::toy:index:Thing::{name}" for name in "ab")
    run = stack.run(operation, excludes=[a])
    assert not run.result.succeeded
    assert run.said()[0] == (
        f"Resource '{b}' depends on '{a}', which is excluded and does not exist yet.\n"
        "Exclude both, as --exclude-dependents does, or neither."
    )
    assert cloud.things == {}
    assert stack.run("up", excludes=[a], exclude_dependents=True).result.succeeded
    assert cloud.things == {}
    assert stack.up().did() == ["create a", "create b"]
