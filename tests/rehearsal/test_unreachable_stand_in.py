"""A stand-in that is not there, not free, or not what it was: a clear error, exit status 1, and the state as it was."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from rehearsal import stand_in
from rehearsal.azure.server import Options, running
from rehearsal.errors import RehearsalError
from tests.rehearsal.command import Command


@contextmanager
def served(command: Command, *options: str) -> Iterator[subprocess.Popen[str]]:
    process = command.start("serve", *options)
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert line.startswith("ready https://127.0.0.1:"), line
        yield process
    finally:
        process.kill()
        process.communicate()


def test_commands_use_the_stand_in_that_is_served(command: Command) -> None:
    with served(command) as server:
        up = command.here("up", "--stack", "dev", "--yes", "--skip-preview")
        assert up.returncode == 0, up.stdout + up.stderr
        server.send_signal(signal.SIGTERM)
        assert server.wait() == 0
    stopped = command.here("preview", "--stack", "dev")
    assert stopped.returncode == 1
    assert "has stopped: nobody listens at https://127.0.0.1:" in stopped.stderr
    assert f"python -m rehearsal serve --state {command.state}" in stopped.stderr
    with served(command):
        again = command.here("preview", "--stack", "dev", "--expect-no-changes")
    assert again.returncode == 0, again.stdout + again.stderr


@pytest.mark.parametrize("operation", [("up", "--yes"), ("destroy", "--yes"), ("preview",)])
def test_a_stand_in_that_was_killed_is_reported_and_the_state_stays(
    command: Command, operation: tuple[str, ...]
) -> None:
    with served(command) as server:
        assert command.here("up", "--stack", "dev", "--yes", "--skip-preview").returncode == 0
        server.kill()
    before = _files(command.folder.backend)
    refused = command.here(operation[0], "--stack", "dev", *operation[1:])
    assert refused.returncode == 1
    assert refused.stderr.startswith("error: The stand-in of ")
    assert "Traceback" not in refused.stderr
    assert _files(command.folder.backend) == before


def test_a_stand_in_that_another_command_holds_is_busy(command: Command) -> None:
    with running(Options(state=command.folder.azure)):
        refused = command.here("up", "--stack", "dev", "--yes")
    assert refused.returncode == 1
    assert refused.stderr.startswith("error: ")
    assert str(command.folder.azure) in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_stand_in_that_does_not_answer_is_reported(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stand_in, "ANSWER_WITHIN", 0.2)
    with running(Options(state=command.folder.azure, durable=False)) as endpoint, socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        stand_in.record(command.folder, endpoint)
        _move(command.folder.served, silent.getsockname()[1])
        with pytest.raises(RehearsalError, match=r"gave no answer within 0 s\. It is busy or stuck"):
            stand_in.served(command.folder)


def test_another_program_at_the_port_is_not_taken_for_the_stand_in(command: Command) -> None:
    with running(Options(state=command.folder.azure, durable=False)) as endpoint, _other_program() as port:
        stand_in.record(command.folder, endpoint)
        record = json.loads(command.folder.served.read_text(encoding="utf-8"))
        record["https_url"] = f"http://127.0.0.1:{port}"
        command.folder.served.write_text(json.dumps(record), encoding="utf-8")
        with pytest.raises(RehearsalError, match="answers its health request with 404: that is not the stand-in of"):
            stand_in.served(command.folder)


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"ca_file": 1}'])
def test_a_record_that_is_none_is_named(command: Command, content: str) -> None:
    command.folder.served.write_text(content, encoding="utf-8")
    refused = command.here("env")
    assert refused.returncode == 1
    assert refused.stderr.startswith(f"error: {command.folder.served} can't be read: ")
    assert "Traceback" not in refused.stderr


def test_env_needs_a_stand_in_that_is_served(command: Command) -> None:
    refused = command.here("env")
    assert refused.returncode == 1
    assert refused.stderr == (
        f"error: No stand-in is being served for {command.state}. Start one in another terminal:\n"
        f"  python -m rehearsal serve --state {command.state}\n"
    )


def test_a_port_that_is_taken_is_named(command: Command) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = command.run("serve", "--https-port", str(port))
    assert refused.returncode == 1
    assert refused.stderr.startswith("error: ")
    assert str(port) in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize("content", ["", "{", '{"version": 99}'])
def test_a_broken_checkpoint_is_named_and_left_alone(command: Command, content: str) -> None:
    assert command.here("up", "--stack", "dev", "--yes", "--skip-preview").returncode == 0
    checkpoint = command.folder.backend / ".pulumi" / "stacks" / "keyless" / "dev.json"
    checkpoint.write_text(content, encoding="utf-8")
    for operation in (("up", "--yes"), ("preview",)):
        refused = command.here(operation[0], "--stack", "dev", *operation[1:])
        assert refused.returncode == 1
        assert str(checkpoint) in refused.stderr
        assert "Traceback" not in refused.stderr
        assert checkpoint.read_text(encoding="utf-8") == content


def test_a_broken_store_is_named_and_left_alone(command: Command) -> None:
    with running(Options(state=command.folder.azure)):
        pass
    store = command.folder.azure / "store.sqlite3"
    store.write_bytes(b"this is no database" * 100)
    refused = command.here("preview", "--stack", "dev")
    assert refused.returncode == 1
    assert str(store) in refused.stderr
    assert "Traceback" not in refused.stderr
    assert store.read_bytes() == b"this is no database" * 100


def _files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _move(record: Path, port: int) -> None:
    fields = json.loads(record.read_text(encoding="utf-8"))
    fields["https_url"] = f"https://127.0.0.1:{port}"
    record.write_text(json.dumps(fields), encoding="utf-8")


class _NotFound(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_error(404)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the base class names it)
        """Say nothing."""


@contextmanager
def _other_program() -> Iterator[int]:
    with HTTPServer(("127.0.0.1", 0), _NotFound) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()
