"""The stand-in as a server: where it listens, what its folder keeps, and what it says when it cannot run."""

import errno
import json
import logging
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rehearsal.azure.server import BrokenState, Endpoint, Options, PortInUse, StateLocked, running
from tests.rehearsal.azure.stand_in import StandIn

SERVE = """
import sys
from pathlib import Path
from rehearsal.azure.server import Options, serve
serve(Options(state=Path(sys.argv[1])), lambda endpoint: print(endpoint.https_url, flush=True))
"""


def port_of(url: str) -> int:
    return int(url.rpartition(":")[2])


@pytest.mark.skipif(sys.platform != "linux", reason="all of 127.0.0.0/8 is this machine on Linux only")
def test_it_listens_on_one_loopback_address_and_nowhere_else(served: Endpoint) -> None:
    for url in (served.https_url, served.http_url):
        assert url.partition("://")[2].startswith("127.0.0.1:")
        socket.create_connection(("127.0.0.1", port_of(url)), timeout=10).close()
        # A listener on all addresses would have taken this one.
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.2", port_of(url)), timeout=10)


def test_an_address_that_others_reach_takes_an_option_and_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    # An address for documentation, RFC 5737: nobody has it, so nothing is opened here.
    with (
        pytest.raises(PortInUse, match=os.strerror(errno.EADDRNOTAVAIL)),
        running(Options(state=tmp_path, host="192.0.2.1")),
    ):
        pass
    [record] = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert record.getMessage() == "The stand-in listens on 192.0.2.1: everybody who reaches this address can use it."


@pytest.mark.parametrize("protocol", ["HTTPS", "HTTP"])
def test_a_port_that_is_taken_is_named_once_with_what_to_do(tmp_path: Path, protocol: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        asked: dict[str, Any] = {f"{protocol.lower()}_port": port}
        with pytest.raises(PortInUse) as caught, running(Options(state=tmp_path, **asked)):
            pass
    assert str(caught.value) == (
        f"The stand-in cannot listen on 127.0.0.1 port {port} for {protocol}: {os.strerror(errno.EADDRINUSE)}. "
        "Stop what uses the port, or choose another one (0 for any free port)."
    )


def test_a_folder_serves_one_stand_in_at_a_time(tmp_path: Path) -> None:
    with (
        running(Options(state=tmp_path)),
        pytest.raises(StateLocked, match=rf"process {os.getpid()}.*{tmp_path}.*Stop it"),
        running(Options(state=tmp_path)),
    ):
        pass


def test_two_stand_ins_side_by_side_know_nothing_of_each_other(tmp_path: Path) -> None:
    with running(Options(state=tmp_path / "one")) as one, running(Options(state=tmp_path / "other")) as other:
        first, second = StandIn(one), StandIn(other)
        made = first.made("POST", "/v1.0/applications", {"displayName": "things"})
        assert second.graph.get(f"/v1.0/applications/{made['id']}").status_code == 404
        assert second.anonymous.get("/v1.0/applications", headers=bearer(first)).status_code == 401
        assert one.tenant_id != other.tenant_id
        first.close()
        second.close()


def bearer(stand_in: StandIn) -> dict[str, str]:
    return {"Authorization": f"Bearer {stand_in.token('https://graph.microsoft.com/.default')}"}


def test_what_was_answered_survives_a_killed_process(tmp_path: Path) -> None:
    with running(Options(state=tmp_path)) as before:
        stand_in = StandIn(before)
        token = bearer(stand_in)
        stand_in.close()
    with subprocess.Popen([sys.executable, "-c", SERVE, str(tmp_path)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        # The folder's CA and credentials are those of the run before.
        killed = StandIn(replace(before, https_url=process.stdout.readline().strip()))
        with pytest.raises(StateLocked, match=f"process {process.pid}"), running(Options(state=tmp_path)):
            pass
        made = killed.made("POST", "/v1.0/applications", {"displayName": "things"})
        process.send_signal(signal.SIGKILL)
        killed.close()
    with running(Options(state=tmp_path)) as after:
        stand_in = StandIn(after)
        answer = stand_in.anonymous.get(f"/v1.0/applications/{made['id']}", headers=token)
        assert answer.json()["displayName"] == "things"
        stand_in.close()


def test_it_ends_when_it_is_told_to(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", SERVE, str(tmp_path)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("https://127.0.0.1:")
        process.send_signal(signal.SIGTERM)
        assert process.wait() == 0


def test_a_thousand_idle_connections_hold_up_neither_requests_nor_the_end(tmp_path: Path) -> None:
    """The azuread provider leaves one open for each request it made."""
    with subprocess.Popen([sys.executable, "-c", SERVE, str(tmp_path)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        _, http_port = json.loads((tmp_path / "ports.json").read_text())
        with ExitStack() as open_connections:
            for _ in range(1000):
                idle = open_connections.enter_context(socket.create_connection(("127.0.0.1", http_port), timeout=10))
            idle.sendall(b"GET /_rehearsal/health HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert idle.recv(15) == b"HTTP/1.1 200 OK"
            process.send_signal(signal.SIGTERM)
            assert process.wait() == 0


def test_a_stand_in_in_memory_forgets_and_keeps_its_credentials(tmp_path: Path) -> None:
    with running(Options(state=tmp_path, durable=False)) as before:
        stand_in = StandIn(before)
        made = stand_in.made("POST", "/v1.0/applications", {"displayName": "things"})
        stand_in.close()
    with running(Options(state=tmp_path, durable=False)) as after:
        assert (after.tenant_id, after.client_secret) == (before.tenant_id, before.client_secret)
        stand_in = StandIn(after)
        assert stand_in.graph.get(f"/v1.0/applications/{made['id']}").status_code == 404
        stand_in.close()


def test_nobody_else_reads_the_folder_and_its_secrets(tmp_path: Path) -> None:
    state = tmp_path / "new" / "state"
    with running(Options(state=state)) as endpoint:
        assert state.stat().st_mode & 0o777 == 0o700
        for name in ("credentials.json", "ca-key.pem", "store.sqlite3"):
            assert (state / name).stat().st_mode & 0o777 == 0o600, name
        assert endpoint.client_secret not in repr(endpoint)
        assert endpoint.control_key not in repr(endpoint)


def no_database(state: Path) -> Path:
    (state / "store.sqlite3").write_text("no database")
    return state / "store.sqlite3"


def no_json(state: Path) -> Path:
    (state / "credentials.json").write_text("{")
    return state / "credentials.json"


def no_certificate(state: Path) -> Path:
    (state / "ca.pem").write_text("no certificate")
    return state / "ca.pem"


@pytest.mark.parametrize("breaking", [no_database, no_json, no_certificate])
def test_a_broken_file_is_named_and_left_as_it_is(tmp_path: Path, breaking: Callable[[Path], Path]) -> None:
    with running(Options(state=tmp_path)):
        pass
    for name in ("store.sqlite3-wal", "store.sqlite3-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    broken = breaking(tmp_path)
    content = broken.read_bytes()
    with pytest.raises(BrokenState) as caught, running(Options(state=tmp_path)):
        pass
    assert str(broken) in str(caught.value)
    assert "It was left as it is. Move" in str(caught.value)
    assert broken.read_bytes() == content


def test_a_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("not a folder")
    with pytest.raises(BrokenState, match=f"The state folder {file} cannot be used"), running(Options(state=file)):
        pass
    assert file.read_text() == "not a folder"


def test_a_folder_that_was_there_keeps_its_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    with running(Options(state=tmp_path)):
        assert tmp_path.stat().st_mode & 0o777 == 0o755


def test_another_tenant_than_the_folders_is_refused(tmp_path: Path) -> None:
    with running(Options(state=tmp_path)) as endpoint:
        pass
    asked = "11111111-2222-4333-8444-555555555555"
    with (
        pytest.raises(BrokenState, match=f"its tenant id is {endpoint.tenant_id}, not {asked}"),
        running(Options(state=tmp_path, tenant_id=asked)),
    ):
        pass
