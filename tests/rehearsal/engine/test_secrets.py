"""No secret is ever written or shown in clear: everything that is left on the disk or the screen is searched."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from rehearsal.engine import operations, stacks
from rehearsal.engine.display import display
from rehearsal.engine.display.live import Live
from rehearsal.engine.execution.events import Listener
from rehearsal.engine.options import Options
from rehearsal.engine.state.passphrase import Secrets
from tests.rehearsal.engine.stack import Stack
from tests.rehearsal.engine.toy import Cloud, serving

SECRETS = (
    *("config-secret", "object-secret", "input-secret", "nested-secret", "changed-secret", "output-secret"),
    *("line-one", "line-two", "rejected-secret", "halfway-secret"),
)

PROGRAM = """
config = pulumi.Config()
key = config.require_secret("key")
spec = config.require_secret_object("spec")
a = Thing("a", key=key, spec=spec, word=Output.secret("input-secret"), deep={{"x": [Output.secret("nested-secret")]}},
          opts=ResourceOptions(additional_secret_outputs=["address"]))
b = Thing("b", partner=a.address, word=Output.secret("{word}"))
g = Group("g")
g.register_outputs({{"word": Output.secret("output-secret")}})
export("address", a.address)
export("list", [1, Output.secret("output-secret")])
key.apply(lambda value: print(f"the key is {{value}}"))
key.apply(lambda value: pulumi.log.warn(f"the key is {{value}}"))
lines = Thing("lines", word=Output.secret("line-one\\nline-two"))
lines.address.apply(lambda _: print("line-one\\nline-two", repr("line-one\\nline-two")))
{more}
"""


class _Both:
    """Shows the same run in several ways."""

    def __init__(self, *shown: Listener) -> None:
        self.shown = shown

    def show(self, event: object) -> None:
        for listener in self.shown:
            listener.show(event)  # type: ignore[arg-type]


@pytest.fixture
def secretive(stack: Stack) -> Stack:
    secrets = Secrets.new("pass")
    stack.passphrase = "pass"
    (stack.project / "Pulumi.dev.yaml").write_text(
        f"encryptionsalt: {secrets.salt_line}\nconfig:\n"
        f"  toys:key: {{secure: '{secrets.encrypt('config-secret')}'}}\n"
        f"  toys:spec: {{x: {{secure: '{secrets.encrypt('object-secret')}'}}}}\n",
        encoding="utf-8",
    )
    return stack


def _run(stack: Stack, operation: str) -> str:
    stream = io.StringIO()
    terminal = Console(file=stream, force_terminal=True, width=240)
    shown = _Both(display(stream), display(stream, diff=True), display(stream, json=True), Live(terminal))
    getattr(operations, operation)(stack.workspace, stack.name, Options(), shown)
    return stream.getvalue()


def _everything_left(folder: Path) -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*")) if path.is_file())


def test_no_secret_is_left_in_clear_anywhere(secretive: Stack, cloud: Cloud) -> None:
    left = []

    def look(call: str, name: str) -> str:
        left.append(_everything_left(secretive.backend))
        return f"no {call} with config-secret and changed-secret" if name == "c" else ""

    cloud.refuses = look
    secretive.program(PROGRAM.format(word="output-secret", more=""))
    shown = [_run(secretive, "preview"), _run(secretive, "up")]
    secretive.program(PROGRAM.format(word="changed-secret", more='Thing("c", word=Output.secret("changed-secret"))'))
    shown += [_run(secretive, "preview"), _run(secretive, "up"), _run(secretive, "refresh")]
    for half in ('halfway=Output.secret("halfway-secret")', 'rejected=Output.secret("rejected-secret")'):
        secretive.program(PROGRAM.format(word="changed-secret", more=f'Thing("h", {half})'))
        shown.append(_run(secretive, "up"))
    shown.append(str(stacks.outputs(secretive.workspace, "dev")))
    shown.append(str(stacks.export(secretive.workspace, "dev")))
    left.append(_everything_left(secretive.backend))
    shown.append(_run(secretive, "destroy"))
    left.append(_everything_left(secretive.backend))
    assert {"create a", "create b", "create lines", "create h"} <= set(cloud.changes)
    for secret in SECRETS:
        assert not any(secret in text for text in left), f"{secret} is on the disk"
        assert not any(secret in text for text in shown), f"{secret} is shown"
    assert "the key is [secret]" in shown[1]
    assert "no create with [secret] and [secret]" in shown[3]
    assert "1 error occurred:" in shown[5]
    assert "* [secret]" in shown[5]
    assert "property rejected value {[secret]} has a problem: [secret]" in shown[6]


def test_secrets_can_be_exported_in_clear_when_that_is_asked_for(secretive: Stack) -> None:
    secretive.up(PROGRAM.format(word="output-secret", more=""))
    assert "input-secret" in str(stacks.export(secretive.workspace, "dev", show_secrets=True))
    assert stacks.outputs(secretive.workspace, "dev", show_secrets=True)["list"] == [1, "output-secret"]


def test_a_provider_that_knows_no_secrets_gets_them_in_clear_and_they_are_secret_again_afterwards(
    secretive: Stack, cloud: Cloud
) -> None:
    cloud.accepts_secrets = False
    with serving(cloud) as address:
        plain = Stack(secretive.folder, {"toy": address}, passphrase="pass")
        plain.up(PROGRAM.format(word="output-secret", more=""))
        assert cloud.things["a-1"]["word"] == "input-secret"
        recorded = plain.recorded()["a"]
    for properties in (recorded["inputs"], recorded["outputs"]):
        assert "ciphertext" in properties["word"]
        assert "ciphertext" in properties["key"]
    assert not any(secret in _everything_left(secretive.backend) for secret in SECRETS)
