"""`python -m access report` as people and workflows run it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.access.sketch import (
    APP_ROLE_ASSIGNMENT_READ_WRITE_ALL,
    USER_READ_ALL,
    Record,
    Sketch,
    app_role,
    changed,
    record,
    site,
)

ROOT = Path(__file__).parents[2]
GOLDEN = Path(__file__).parent / "golden"
CALLER = site("caller")
GRANT = app_role("grant", CALLER, USER_READ_ALL)
SKETCH = Sketch().has(CALLER, GRANT).updates(CALLER, changed(CALLER, httpsOnly=True))
PREVIEW = "the output of `pulumi preview --json`"
STATE = "the output of `pulumi stack export`"


def report(*arguments: str, folder: Path, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "access", "report", *arguments],
        cwd=folder,
        input=stdin,
        capture_output=True,
        check=False,
        env={"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii"},
    )


def refused(*arguments: str, folder: Path, stdin: bytes = b"") -> str:
    ended = report(*arguments, folder=folder, stdin=stdin)
    assert ended.returncode == 1, ended.stdout.decode()
    assert ended.stdout == b""
    return ended.stderr.decode()


def write(folder: Path, **documents: Any) -> None:
    for name, document in documents.items():
        content = document if isinstance(document, bytes) else json.dumps(document).encode()
        (folder / f"{name}.json").write_bytes(content)


def test_a_preview_from_a_file_with_a_state(tmp_path: Path) -> None:
    ended = report(
        str(GOLDEN / "engine-3.preview.json"), "--state", str(GOLDEN / "engine-2.state.json"), folder=tmp_path
    )
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert ended.stdout == (GOLDEN / "engine-3.md").read_bytes()


def test_a_preview_from_standard_input(tmp_path: Path) -> None:
    ended = report(folder=tmp_path, stdin=(GOLDEN / "engine-1.preview.json").read_bytes())
    assert ended.returncode == 0
    assert ended.stdout == (GOLDEN / "engine-1.md").read_bytes()


def test_the_checkpoint_of_a_file_backend_is_a_state_too(tmp_path: Path) -> None:
    exported = json.loads((GOLDEN / "engine-2.state.json").read_bytes())
    checkpoint = {"version": 3, "checkpoint": {"stack": "organization/golden/dev", "latest": exported["deployment"]}}
    write(tmp_path, dev=checkpoint)
    ended = report(str(GOLDEN / "engine-3.preview.json"), "--state", "dev.json", folder=tmp_path)
    assert ended.stdout == (GOLDEN / "engine-3.md").read_bytes()


def test_a_preview_that_powershell_wrote_in_utf_16(tmp_path: Path) -> None:
    stdin = "\ufeff".encode("utf-16-le") + (GOLDEN / "engine-1.preview.json").read_text().encode("utf-16-le")
    assert report(folder=tmp_path, stdin=stdin).stdout == (GOLDEN / "engine-1.md").read_bytes()


@pytest.mark.parametrize("form", ["text", "json", "markdown"])
def test_every_format_is_written_in_utf_8_whatever_the_terminal_has(form: str, tmp_path: Path) -> None:
    named = changed(CALLER, name="Grüße-Ω")
    named["outputs"] = CALLER["outputs"]
    write(tmp_path, preview=Sketch().has(named, app_role("grant", named, USER_READ_ALL)).leaves(named).preview())
    ended = report("preview.json", "--format", form, folder=tmp_path)
    assert ended.returncode == 0
    ended.stdout.decode("utf-8")


@pytest.mark.parametrize(
    ("sketch", "status"),
    [
        (SKETCH, 0),
        (Sketch().has(CALLER).deletes(CALLER), 3),
        (Sketch().has(CALLER).creates(app_role("new", CALLER, APP_ROLE_ASSIGNMENT_READ_WRITE_ALL)), 3),
        (Sketch().has(CALLER).creates(app_role("new", CALLER, USER_READ_ALL)), 0),
    ],
    ids=["nothing", "lost identity", "takeover role", "reading role"],
)
def test_fail_on_high_ends_with_3_after_the_report_is_written(sketch: Sketch, status: int, tmp_path: Path) -> None:
    write(tmp_path, preview=sketch.preview())
    ended = report("preview.json", "--fail-on", "high", folder=tmp_path)
    assert ended.returncode == status
    assert ended.stdout.startswith(b"<!-- keyless access report: sketch/dev -->\n")
    said = b"error: the change takes an identity away or grants a role that takes over everything\n"
    assert ended.stderr == (said if status else b"")


def test_without_fail_on_a_dangerous_change_is_only_reported(tmp_path: Path) -> None:
    write(tmp_path, preview=Sketch().has(CALLER).deletes(CALLER).preview())
    assert report("preview.json", folder=tmp_path).returncode == 0


def test_wrong_usage_ends_with_2(tmp_path: Path) -> None:
    assert report("--format", "html", folder=tmp_path).returncode == 2


def test_help_tells_the_exit_statuses(tmp_path: Path) -> None:
    said = " ".join(report("--help", folder=tmp_path).stdout.decode().split())
    assert "0 the report is written; 1 the input cannot be used; 2 wrong usage; 3 the report is written and" in said


def failed(message: str) -> Record:
    return {**SKETCH.preview(), "diagnostics": [{"message": message, "severity": "error"}]}


BAD_PREVIEWS = {
    "empty": (b"", f"preview.json is empty. Expected is {PREVIEW}."),
    "blank": (b" \n", f"preview.json is empty. Expected is {PREVIEW}."),
    "not JSON": (
        b"Previewing update (dev):\n",
        f"preview.json is not JSON: Expecting value at line 1, column 1. Expected is {PREVIEW}.",
    ),
    "cut off": (
        b'{"steps": [',
        f"preview.json is not JSON: Expecting value at line 1, column 12. Expected is {PREVIEW}.",
    ),
    "no text": (b"\x80\x81\x82", f"preview.json is not JSON in any encoding of Unicode. Expected is {PREVIEW}."),
    "nested too deeply": (
        b"[" * 200_000,
        f"preview.json is nested too deeply to be what Pulumi writes. Expected is {PREVIEW}.",
    ),
    "a stream of events": (
        b'{"sequence":0,"timestamp":1,"preludeEvent":{"config":{}}}\n{"sequence":1,"timestamp":1}\n',
        ("preview.json holds a stream of events, one a line, not the digest of a preview. "
        f"Unset PULUMI_ENABLE_STREAMING_JSON_PREVIEW. Expected is {PREVIEW}."),
    ),
    "a list": ([], f"preview.json is not {PREVIEW}: the document is a list, not an object."),
    "Terraform's": (
        {"format_version": "1.2", "terraform_version": "1.9.0", "resource_changes": []},
        f"preview.json is not {PREVIEW}: it was written by Terraform.",
    ),
    "another tool's": (
        {"status": "Succeeded", "changes": []},
        f"preview.json is not {PREVIEW}: it has no steps (it has 'status', 'changes').",
    ),
    "a state": (SKETCH.state(), f"preview.json is not {PREVIEW}: it is the state of a stack (give that with --state)."),
    "without steps": (
        {"config": {}, "duration": 1},
        f"preview.json is not {PREVIEW}: it has no steps (it has 'config', 'duration').",
    ),
    "nothing in it": ({}, f"preview.json is not {PREVIEW}: it has no steps."),
    "a newer format": (
        {**SKETCH.preview(), "version": 2},
        (f"preview.json is not {PREVIEW}: it says it is of version 2, and this report knows the form without a version "
        "(was it written by a newer Pulumi?)."),
    ),
    "an unknown operation": (
        {"steps": [{"op": "transmogrify", "urn": CALLER["urn"]}]},
        (f"preview.json is not {PREVIEW}: steps[0] has the operation 'transmogrify', which this report does not know "
        "(was it written by a newer Pulumi?)."),
    ),
    "a step without an operation": (
        {"steps": [{"urn": CALLER["urn"]}]},
        f"preview.json is not {PREVIEW}: steps[0].op is missing, not text.",
    ),
    "a step that is none": ({"steps": [3]}, f"preview.json is not {PREVIEW}: steps[0] is 3, not an object."),
    "a URN that is none": (
        {"steps": [{"op": "delete", "urn": "x\x1b[31m"}]},
        f"preview.json is not {PREVIEW}: steps[0].urn is 'x\\x1b[31m', which is no URN.",
    ),
    "a step without its state": (
        {"steps": [{"op": "delete", "urn": CALLER["urn"]}]},
        f"preview.json is not {PREVIEW}: steps[0] (delete) has no oldState.",
    ),
    "inputs that are none": (
        {"steps": [{"op": "create", "urn": CALLER["urn"], "newState": {**CALLER, "inputs": [1]}}]},
        f"preview.json is not {PREVIEW}: steps[0].newState.inputs is a list, not an object.",
    ),
    "dependencies that are none": (
        {"steps": [{"op": "create", "urn": CALLER["urn"], "newState": {**CALLER, "dependencies": [None]}}]},
        f"preview.json is not {PREVIEW}: steps[0].newState.dependencies[0] is missing, not text.",
    ),
    "parts of a replacement only": (
        {"steps": [{"op": "delete-replaced", "urn": CALLER["urn"]}]},
        f"preview.json is not {PREVIEW}: it has parts of replacements and no step that they belong to.",
    ),
    "two stacks": (
        {"steps": [*SKETCH.preview()["steps"], {"op": "create", "urn": (u := "urn:pulumi:prod::sketch::a:b:C::d"),
                                               "newState": {"urn": u}}]},
        f"preview.json is of several stacks: sketch/dev, sketch/prod. Expected is {PREVIEW} of one stack.",
    ),
    "of a failed preview": (
        failed("error: Preview failed: resource is protected\n\x1b[0m"),
        ("preview.json is of a preview that failed, so it does not hold all that would change: "
        "error: Preview failed: resource is protected \\u001b[0m\nerror: Repair that and preview again."),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_PREVIEWS)
def test_a_preview_that_cannot_be_used_is_refused_in_a_sentence(name: str, tmp_path: Path) -> None:
    document, message = BAD_PREVIEWS[name]
    write(tmp_path, preview=document)
    assert refused("preview.json", folder=tmp_path) == f"error: {message}\n"


BAD_STATES = {
    "a preview": (SKETCH.preview(), f"state.json is not {STATE}: it is a preview (give that without --state)."),
    "another tool's": (
        {"version": 4, "terraform_version": "1.9.0", "serial": 1},
        (
            f"state.json is not {STATE}: it has neither a deployment nor a checkpoint (it has 'version', "
            "'terraform_version', 'serial')."
        ),
    ),
    "a newer format": (
        {**SKETCH.state(), "version": 4},
        (
            f"state.json is not {STATE}: it is of version 4, and this report reads version 3 "
            "(was it written by a newer Pulumi?)."
        ),
    ),
    "an older format": (
        {**SKETCH.state(), "version": 2},
        f"state.json is not {STATE}: it is of version 2, and this report reads version 3.",
    ),
    "no version": (
        {"deployment": {}},
        f"state.json is not {STATE}: it is of version missing, and this report reads version 3.",
    ),
    "resources that are none": (
        {"version": 3, "deployment": {"resources": {}}, "x": 1} | {"deployment": {"resources": {"a": 1}}},
        f"state.json is not {STATE}: resources is an object, not a list.",
    ),
    "of another stack": (
        json.loads(json.dumps(SKETCH.state()).replace("urn:pulumi:dev::", "urn:pulumi:prod::")),
        (
            "state.json is the state of sketch/prod, and the preview is of sketch/dev. "
            "Export the state of the stack that was previewed, with `pulumi stack export --stack`."
        ),
    ),
    "from before something was created": (
        Sketch().has(GRANT).state(),
        (
            f"state.json is not the state that the preview was made from: {CALLER['urn']} ({CALLER['id']}) "
            "is not in it. Export the state and preview again, with nothing in between."
        ),
    ),
}


@pytest.mark.parametrize("name", BAD_STATES)
def test_a_state_that_cannot_be_used_is_refused_in_a_sentence(name: str, tmp_path: Path) -> None:
    document, message = BAD_STATES[name]
    write(tmp_path, preview=SKETCH.preview(), state=document)
    assert refused("preview.json", "--state", "state.json", folder=tmp_path) == f"error: {message}\n"


def test_a_state_that_already_has_what_the_preview_creates_is_from_after_it(tmp_path: Path) -> None:
    write(tmp_path, preview=Sketch().has(CALLER).creates(GRANT).preview(), state=Sketch().has(CALLER, GRANT).state())
    assert refused("preview.json", "--state", "state.json", folder=tmp_path) == (
        f"error: state.json is not the state that the preview was made from: {GRANT['urn']} is in it, and the preview "
        "creates it. Export the state and preview again, with nothing in between.\n"
    )


def test_values_nested_without_end_are_refused(tmp_path: Path) -> None:
    nested: Any = "x"
    for _ in range(700):
        nested = [nested]
    write(tmp_path, preview=Sketch().has(CALLER).replaces(CALLER, changed(CALLER, tags=nested), "tags").preview())
    assert refused("preview.json", folder=tmp_path) == (
        f"error: preview.json has values nested too deeply to be what Pulumi writes. Expected is {PREVIEW}.\n"
    )


def test_a_stack_that_was_never_deployed_has_a_state_without_resources(tmp_path: Path) -> None:
    preview = json.loads((GOLDEN / "engine-1.preview.json").read_bytes())
    write(tmp_path, preview=preview, state={"version": 3, "deployment": {"manifest": {}}})
    assert report("preview.json", "--state", "state.json", folder=tmp_path).returncode == 0


def test_what_is_wrong_with_preview_and_state_is_said_at_once(tmp_path: Path) -> None:
    assert refused("none.json", "--state", "nothing.json", folder=tmp_path) == (
        f"error: none.json cannot be read: No such file or directory. Expected is {PREVIEW}.\n"
        f"error: nothing.json cannot be read: No such file or directory. Expected is {STATE}.\n"
    )


def test_a_folder_is_no_preview(tmp_path: Path) -> None:
    assert refused(".", folder=tmp_path) == f"error: . cannot be read: Is a directory. Expected is {PREVIEW}.\n"


def test_nothing_on_standard_input_is_said_to_be_nothing(tmp_path: Path) -> None:
    assert refused(folder=tmp_path) == f"error: Standard input is empty. Expected is {PREVIEW}.\n"


def test_both_from_standard_input_is_refused(tmp_path: Path) -> None:
    assert refused("-", "--state", "-", folder=tmp_path) == (
        "error: Preview and state cannot both come from standard input: give one of them as a file.\n"
    )


def test_a_stack_with_components_and_other_resources_is_read_whole(tmp_path: Path) -> None:
    component = record("keyless:identity:AppRoleGrant", "caller-own", custom=False)
    write(tmp_path, preview=Sketch().has(component).leaves(component).preview())
    assert report("preview.json", folder=tmp_path).returncode == 0
