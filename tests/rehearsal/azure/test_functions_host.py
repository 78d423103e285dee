"""The functions host, as a real process that serves real apps over real HTTP."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[3]
KEY = "master-key-of-the-test"

APP = """
import asyncio
import logging
import os
import sys
from pathlib import Path

import azure.functions as func
import neighbour

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)


@app.route(methods=["GET"])
def Plain(req: func.HttpRequest) -> str:
    return f"{neighbour.GREETING} {os.environ['WHO']} from {sys.path[0]} in {os.getcwd()}"


@app.route(route="echo/{thing}/{number:int?}")
async def echo(req: func.HttpRequest, context: func.Context) -> func.HttpResponse:
    await asyncio.sleep(0)
    parts = [req.method, req.route_params.get("thing"), req.route_params.get("number"), req.params.get("q"),
             req.headers.get("X-Thing"), req.get_body().decode(), context.function_name, req.url]
    return func.HttpResponse("|".join(str(part) for part in parts), status_code=201,
                             headers={"X-Made": "yes"}, mimetype="text/csv")


@app.route(route="files/{*rest}")
def files(req: func.HttpRequest) -> str:
    return req.route_params.get("rest", "nothing")


@app.function_name("Quiet")
@app.route(route="quiet")
def returns_nothing(req: func.HttpRequest) -> None:
    return None


@app.route(route="odd")
def odd(req: func.HttpRequest):
    return {"no": "response"}


@app.route(route="breaks")
def breaks(req: func.HttpRequest) -> str:
    raise RuntimeError("the innermost secret")


@app.route(route="breaks-later")
async def breaks_later(req: func.HttpRequest) -> str:
    raise RuntimeError("the awaited secret")


@app.route(route="guarded", auth_level=func.AuthLevel.FUNCTION)
def guarded(req: func.HttpRequest) -> str:
    return "let in"


@app.timer_trigger(arg_name="timer", schedule="0 0 * * * *")
async def nightly(timer: func.TimerRequest) -> None:
    Path("ran").write_text(f"late: {timer.past_due}")


@app.timer_trigger(arg_name="timer", schedule="0 0 * * * *")
def broken_timer(timer: func.TimerRequest) -> None:
    raise RuntimeError("the timer's secret")
"""


@dataclass
class Host:
    """A running host: its address, its process, and what it wrote to stderr."""

    url: str
    process: subprocess.Popen[str]
    folder: Path
    log: Path

    def stderr(self) -> str:
        return self.log.read_text()


def write_app(folder: Path, source: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "function_app.py").write_text(source)
    (folder / "neighbour.py").write_text('GREETING = "hello"\n')
    return folder


def start(folder: Path, log: Path, *options: str, **environment: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-W", "error", "-m", "rehearsal.azure.functions_host", str(folder), *options]
    clean = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    with log.open("w") as stderr:
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env={**clean, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        )


@contextmanager
def running(folder: Path, log: Path, *options: str, **environment: str) -> Iterator[Host]:
    process = start(folder, log, *options, **environment)
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert line.startswith("ready http://127.0.0.1:"), log.read_text()
        yield Host(line.split()[1], process, folder, log)
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            assert pipe is not None
            pipe.close()


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    folder = tmp_path_factory.mktemp("host")
    app = write_app(folder / "app", APP)
    with running(app, folder / "stderr", WHO="world", FUNCTIONS_HOST_MASTER_KEY=KEY) as host:
        yield host


@pytest.fixture
def refused(tmp_path: Path) -> Callable[..., str]:
    """Start an app that cannot run; give back what the person who started it reads."""

    def attempt(source: str | None, *options: str) -> str:
        folder = tmp_path / "app"
        folder.mkdir()
        if source is not None:
            write_app(folder, source)
        process = start(folder, tmp_path / "stderr", *options)
        output, _ = process.communicate()
        assert process.returncode == 1
        assert output == ""
        return (tmp_path / "stderr").read_text()

    return attempt


def eventually(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.02)


def test_a_function_without_a_route_is_found_under_its_name_and_sees_settings_and_its_own_folder(host: Host) -> None:
    answer = httpx.get(f"{host.url}/api/plain")
    assert (answer.status_code, answer.text) == (200, f"hello world from {host.folder} in {host.folder}")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"


def test_a_function_gets_method_route_query_headers_body_and_context(host: Host) -> None:
    url = f"{host.url}/api/ECHO/Tea/7?q=a&q=b"
    answer = httpx.put(url, content="brew", headers={"x-thing": "pot"})
    assert answer.text == f"PUT|Tea|7|a,b|pot|brew|echo|{url}"
    assert (answer.status_code, answer.headers["x-made"]) == (201, "yes")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"


@pytest.mark.parametrize(
    ("path", "text"),
    [("echo/tea", "|None|None|None|"), ("files", "nothing"), ("files/a/b.txt", "a/b.txt")],
)
def test_optional_parameters_and_the_rest_of_a_path_may_be_missing(host: Host, path: str, text: str) -> None:
    assert text in httpx.post(f"{host.url}/api/{path}").text


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/Plain"),
        ("GET", "/api/nothing"),
        ("GET", "/api/echo/tea/seven"),
        ("GET", "/Plain"),
        ("GET", "/apiPlain"),
        ("GET", "/"),
        ("GET", "/admin/functions/nightly"),
    ],
)
def test_what_no_function_serves_is_not_found(host: Host, method: str, path: str) -> None:
    answer = httpx.request(method, host.url + path)
    assert (answer.status_code, answer.content) == (404, b"")


def test_a_function_that_returns_nothing_answers_without_content(host: Host) -> None:
    answer = httpx.get(f"{host.url}/api/quiet")
    assert (answer.status_code, answer.content) == (204, b"")


@pytest.mark.parametrize(
    ("path", "reason"),
    [("breaks", "the innermost secret"), ("breaks-later", "the awaited secret"), ("odd", "returned dict")],
)
def test_a_failing_function_tells_its_caller_nothing_and_the_log_everything(host: Host, path: str, reason: str) -> None:
    answer = httpx.get(f"{host.url}/api/{path}")
    assert (answer.status_code, answer.content) == (500, b"")
    assert reason in host.stderr()


@pytest.mark.parametrize("wrong", [{}, {"x-functions-key": "guess"}, {"x-functions-key": ""}])
def test_a_guarded_function_asks_for_the_key(host: Host, wrong: dict[str, str]) -> None:
    assert httpx.get(f"{host.url}/api/guarded", headers=wrong).status_code == 401
    assert httpx.get(f"{host.url}/api/guarded", headers={"x-functions-key": KEY}).text == "let in"
    assert httpx.get(f"{host.url}/api/guarded", params={"code": KEY}).text == "let in"


def test_a_timer_runs_when_it_is_started_by_hand(host: Host) -> None:
    answer = httpx.post(f"{host.url}/admin/functions/Nightly", json={}, headers={"x-functions-key": KEY})
    assert (answer.status_code, answer.content) == (202, b"")
    mark = host.folder / "ran"
    eventually(lambda: mark.exists() and mark.read_text() == "late: False")


def test_a_failing_timer_is_logged(host: Host) -> None:
    answer = httpx.post(f"{host.url}/admin/functions/broken_timer", json={}, headers={"x-functions-key": KEY})
    assert answer.status_code == 202
    eventually(lambda: "the timer's secret" in host.stderr())


@pytest.mark.parametrize(
    ("name", "key", "status"), [("nightly", "", 401), ("nobody", KEY, 404), ("Plain", KEY, 400), ("", KEY, 404)]
)
def test_starting_by_hand_is_refused_without_key_and_for_what_is_no_timer(
    host: Host, name: str, key: str, status: int
) -> None:
    answer = httpx.post(f"{host.url}/admin/functions/{name}", json={}, headers={"x-functions-key": key})
    assert answer.status_code == status


def test_many_calls_run_side_by_side(host: Host) -> None:
    with httpx.Client() as client:
        answers = [client.get(f"{host.url}/api/plain").status_code for _ in range(50)]
    assert answers == [200] * 50


def test_host_json_names_the_route_prefix(tmp_path: Path) -> None:
    app = write_app(tmp_path / "app", APP)
    (app / "host.json").write_text('{"version": "2.0", "extensions": {"http": {"routePrefix": ""}}}')
    with running(app, tmp_path / "stderr", WHO="you", FUNCTIONS_HOST_MASTER_KEY=KEY) as host:
        assert httpx.get(f"{host.url}/Plain").status_code == 200
        assert httpx.get(f"{host.url}/api/Plain").status_code == 404


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_host_in_order(tmp_path: Path, number: signal.Signals) -> None:
    app = write_app(tmp_path / "app", APP)
    with running(app, tmp_path / "stderr", FUNCTIONS_HOST_MASTER_KEY=KEY) as host:
        host.process.send_signal(number)
        assert host.process.wait(30) == 0
        assert host.stderr() == ""


HANGS = """
import threading
import azure.functions as func

app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)

@app.route(route="hang")
def hang(req: func.HttpRequest) -> str:
    print("hanging", flush=True)
    threading.Event().wait()
"""


def test_a_function_that_hangs_does_not_keep_the_host_alive(tmp_path: Path) -> None:
    app = write_app(tmp_path / "app", HANGS)
    with running(app, tmp_path / "stderr") as host, socket.create_connection(("127.0.0.1", port_of(host))) as caller:
        caller.sendall(b"GET /api/hang HTTP/1.1\r\nHost: x\r\n\r\n")
        assert host.process.stdout is not None
        assert host.process.stdout.readline() == "hanging\n"
        host.process.send_signal(signal.SIGTERM)
        assert host.process.wait(30) == 0


def test_the_host_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    app = write_app(tmp_path / "app", APP)
    command = [sys.executable, "-m", "rehearsal.azure.functions_host", str(app), "--end-with-stdin"]
    parent_code = (
        f"import subprocess, sys\nchild = subprocess.Popen({command!r}, stdin=subprocess.PIPE)\nchild.wait()\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", parent_code],
        cwd=ROOT,
        env={**os.environ, "FUNCTIONS_HOST_MASTER_KEY": KEY},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert parent.stdout is not None
    assert parent.stdout.readline().startswith("ready ")
    parent.kill()
    # The pipe ends when the last process that holds it is gone, and the host holds it too.
    output, _ = parent.communicate(timeout=30)
    assert output == ""


def test_without_being_asked_the_host_does_not_mind_a_closed_input(tmp_path: Path) -> None:
    app = write_app(tmp_path / "app", APP)
    with running(app, tmp_path / "stderr", FUNCTIONS_HOST_MASTER_KEY=KEY, WHO="x") as host:
        assert host.process.stdin is not None
        host.process.stdin.close()
        assert httpx.get(f"{host.url}/api/plain").status_code == 200


def test_a_port_in_use_is_named(tmp_path: Path, refused: Callable[..., str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert refused(APP, "--port", str(port)) == (
            f"The functions host cannot listen on 127.0.0.1 port {port}: Address already in use. "
            "Stop what uses the port, or choose another one (0 for any free port).\n"
        )


def test_a_folder_without_an_app_is_refused(tmp_path: Path, refused: Callable[..., str]) -> None:
    assert refused(None) == (
        f"There is no function_app.py in {tmp_path / 'app'}. "
        "Give the folder of an Azure Functions app (Python v2 model).\n"
    )


IMPORTS = "import azure.functions as func\n"
NEW_APP = IMPORTS + "app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)\n"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (IMPORTS, "defines no FunctionApp at its top level; exactly one is needed."),
        (
            NEW_APP + "other = func.FunctionApp()\n",
            "defines 2 FunctionApps at its top level; exactly one is needed.",
        ),
        (
            NEW_APP + "@app.queue_trigger(arg_name='m', queue_name='q', connection='C')\ndef reader(m): ...\n",
            "The function 'reader' has the trigger 'queueTrigger'. This host serves httpTrigger and timerTrigger only.",
        ),
        (
            NEW_APP
            + "@app.route()\n@app.blob_input(arg_name='b', path='a/b', connection='C')\ndef reads(req, b): ...\n",
            (
                "The function 'reads' has the binding 'blob' (b). "
                "This host serves functions without input and output bindings only."
            ),
        ),
        (
            NEW_APP + "@app.route()\ndef wrong(request): ...\n",
            (
                "The function 'wrong' is declared with parameters that are no bindings: {'request'}. "
                "It takes 'req' and, if it likes, 'context'."
            ),
        ),
        (
            NEW_APP + "@app.route(route='a/{b:range(1,2)}')\ndef ranged(req): ...\n",
            (
                "The route 'a/{b:range(1,2)}' has the constraint 'range(1,2)', which this host does not know. "
                "Allowed: int, long, guid, alpha, bool."
            ),
        ),
        (
            NEW_APP + "@app.route(auth_level=func.AuthLevel.ADMIN)\ndef guarded(req): ...\n",
            (
                "These functions can be called with a key only: 'guarded' (admin). Set FUNCTIONS_HOST_MASTER_KEY in "
                "the host's environment to the key that callers send as x-functions-key, or declare them with "
                "AuthLevel.ANONYMOUS."
            ),
        ),
    ],
)
def test_an_app_that_cannot_be_served_is_refused_with_the_reason(
    refused: Callable[..., str], source: str, message: str
) -> None:
    stderr = refused(source)
    assert stderr.endswith(message + "\n")
    assert "Traceback" not in stderr


def test_every_fault_of_an_app_is_named_at_once(refused: Callable[..., str]) -> None:
    queue = "@app.queue_trigger(arg_name='m', queue_name='q', connection='C')\n"
    stderr = refused(NEW_APP + f"{queue}def first(m): ...\n{queue}def second(m): ...\n")
    assert [line.split("'")[1] for line in stderr.splitlines() if "has the trigger" in line] == ["first", "second"]


def test_an_app_that_fails_to_load_shows_where(tmp_path: Path, refused: Callable[..., str]) -> None:
    stderr = refused("import no_such_module\n")
    assert "ModuleNotFoundError: No module named 'no_such_module'" in stderr
    assert stderr.endswith(f"The app in {tmp_path / 'app'} cannot be loaded; the reason is above.\n")


def test_a_broken_host_json_is_named(tmp_path: Path) -> None:
    app = write_app(tmp_path / "app", APP)
    (app / "host.json").write_text("{")
    process = start(app, tmp_path / "stderr", FUNCTIONS_HOST_MASTER_KEY=KEY)
    process.communicate()
    assert process.returncode == 1
    assert f"{app / 'host.json'} is no host.json:" in (tmp_path / "stderr").read_text()


def port_of(host: Host) -> int:
    return int(host.url.rpartition(":")[2])
