"""State files: Pulumi's layout and format, kept whole, and left alone when they can't be used."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from rehearsal.engine.errors import BrokenState, EngineError
from rehearsal.engine.state import files
from tests.rehearsal.engine.stack import Stack
from tests.rehearsal.engine.toy import Cloud

TWO = 'a = Thing("a")\nThing("b", partner=a.address)'


def test_a_stack_lies_where_pulumis_file_backend_has_it(stack: Stack) -> None:
    stack.up(TWO)
    stack.up(TWO)
    home = stack.backend / ".pulumi"
    assert (home / "meta.yaml").read_text(encoding="utf-8") == "version: 1\n"
    assert (home / "stacks" / "toys" / "dev.json").exists()
    assert (home / "stacks" / "toys" / "dev.json.bak").exists()
    assert len(list((home / "history" / "toys" / "dev").glob("dev-*.history.json"))) == 2
    assert len(list((home / "history" / "toys" / "dev").glob("dev-*.checkpoint.json"))) == 2
    assert len(list((home / "backups" / "toys" / "dev").glob("dev.*.json"))) == 2
    assert not list((home / "locks").rglob("*.json"))


def test_the_history_says_what_each_update_did(stack: Stack) -> None:
    stack.up(TWO, message="the first one")
    stack.up('Thing("a", fail="update")')
    entries = sorted((stack.backend / ".pulumi" / "history" / "toys" / "dev").glob("*.history.json"))
    first, second = (json.loads(path.read_text(encoding="utf-8")) for path in entries)
    assert (first["kind"], first["message"], first["result"]) == ("update", "the first one", "succeeded")
    assert first["resourceChanges"] == {"create": 3}
    assert second["result"] == "failed"


def _broken(content: bytes) -> bytes:
    return content[: len(content) // 2]


def _changed(content: bytes, **latest: Any) -> bytes:
    document = json.loads(content)
    document["checkpoint"]["latest"] |= latest
    return json.dumps(document).encode()


def _without_first(content: bytes) -> bytes:
    document = json.loads(content)
    del document["checkpoint"]["latest"]["resources"][0]
    return json.dumps(document).encode()


def _older(content: bytes) -> bytes:
    return json.dumps({**json.loads(content), "version": 2}).encode()


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_broken, "it is no JSON"),
        (lambda content: b"[]", "it is no checkpoint"),
        (_older, "schema version 2"),
        (lambda content: _changed(content, manifest={"version": "v3.1.0", "magic": "x"}), "magic cookie"),
        (lambda content: _changed(content, secrets_providers={"type": "cloud"}), "secrets provider is 'cloud'"),
        (_without_first, "which is missing"),
        (lambda content: _changed(content, resources=[{"urn": "urn:pulumi:dev::toys::a:b:C::c"}]), "without 'type'"),
        (lambda content: _changed(content, snippets={"x": 1}), "snippets"),
    ],
    ids=["cut off", "another document", "old schema", "magic", "secrets provider", "gap", "no type", "snippets"],
)
def test_a_broken_state_is_named_and_left_as_it_is(spoil: Any, said: str, stack: Stack, cloud: Cloud) -> None:
    stack.up(TWO)
    before = list(cloud.changes)
    content = spoil(stack.state_file.read_bytes())
    stack.state_file.write_bytes(content)
    for operation in ("preview", "up", "destroy", "refresh"):
        with pytest.raises(BrokenState) as raised:
            stack.run(operation)
        assert str(stack.state_file) in str(raised.value)
        assert said in str(raised.value)
        assert "It was left as it is." in str(raised.value)
    assert stack.state_file.read_bytes() == content
    assert cloud.changes == before


def test_a_compressed_state_is_refused_rather_than_taken_for_none(stack: Stack) -> None:
    stack.up(TWO)
    stack.state_file.rename(stack.state_file.with_name("dev.json.gz"))
    with pytest.raises(BrokenState, match="is compressed"):
        stack.up()


def test_a_backend_of_another_layout_is_refused(stack: Stack) -> None:
    (stack.backend / ".pulumi").mkdir(parents=True)
    (stack.backend / ".pulumi" / "meta.yaml").write_text("version: 2\n", encoding="utf-8")
    with pytest.raises(BrokenState, match="this engine knows version 1 of the layout only"):
        stack.up(TWO)


def test_a_name_that_would_leave_the_backend_is_no_stack_name(stack: Stack) -> None:
    stack.name = "../dev"
    with pytest.raises(EngineError, match="is no stack name"):
        stack.up(TWO)


def test_a_write_that_fails_leaves_the_old_file_and_no_draft(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "state.json"
    files.write(path, b"old")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        files.write(path, b"new")
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["state.json"]


def test_everything_is_on_the_disk_before_and_after_each_change(stack: Stack, cloud: Cloud) -> None:
    seen: list[tuple[str, str, list[str]]] = []

    def look(call: str, name: str) -> str:
        pending = [p["resource"]["urn"].rsplit("::", 1)[1] for p in stack.state().get("pending_operations", ())]
        seen.append((call, name, pending))
        return ""

    cloud.refuses = look
    stack.up(TWO)
    stack.destroy()
    assert seen == [
        ("create", "a", ["a"]),
        ("create", "b", ["b"]),
        ("delete", "b", ["b"]),
        ("delete", "a", ["a"]),
    ]
