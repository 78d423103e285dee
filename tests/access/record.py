"""Records the golden previews of this project's program anew, with the real CLI: `python -m tests.access.record`.

Takes the `pulumi` on PATH. What differs afterwards in the reports (`git diff tests/access/golden`) has to be looked at:
it is what the tests hold the reports to from then on.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml

from access.report.markdown import markdown
from access.report.preview import parse_preview
from access.report.report import report_on
from access.report.state import parse_state
from access.report.text import text
from tests.access.reports import GOLDEN
from tests.access.test_rehearsed_reports import CHANGES
from tests.rehearsal.stacks.changes import CODE, CONFIGURED, SITE, golden_name
from tests.workflows.project import change, copy

_PASSING = frozenset({"sourcePosition", "stackTrace"})
STACK = "dev"
FILE = f"Pulumi.{STACK}.yaml"


class Recorder:
    """A copy of the project, its stack, and the real CLI."""

    def __init__(self, folder: Path) -> None:
        self.project = folder / "project"
        self._state = folder / "state"
        copy(self.project)
        self.original = (self.project / FILE).read_text(encoding="utf-8")

    def pulumi(self, *arguments: str) -> str:
        """Runs the CLI; returns what it printed."""
        command = [sys.executable, "-m", "rehearsal", "pulumi", "--state", str(self._state), *arguments]
        ended = subprocess.run(command, cwd=self.project, capture_output=True, text=True, check=False)
        if ended.returncode:
            sys.exit(f"{' '.join(arguments)} failed:\n{ended.stdout}{ended.stderr}")
        return ended.stdout

    def preview(self, name: str, *arguments: str) -> None:
        """Records a preview."""
        written = self.pulumi(*(arguments or ("preview",)), "--stack", STACK, "--json")
        write(f"{name}.preview.json", json.loads(written))

    def configured(self, **changes: Any) -> None:
        """Changes the configuration of the stack."""
        document = yaml.safe_load(self.original)
        document["config"].update({f"keyless:{key}": value for key, value in changes.items()})
        (self.project / FILE).write_text(yaml.safe_dump(document), encoding="utf-8")

    def changed(self, name: str, file: str, old: str, new: str) -> None:
        """Records a preview of a change of one file, and takes it back."""
        before = (self.project / file).read_text(encoding="utf-8")
        change(self.project, {file: (old, new)})
        self.preview(name)
        (self.project / file).write_text(before, encoding="utf-8")


def write(name: str, document: dict[str, Any]) -> None:
    """Writes a golden file, without what is another on every machine."""
    document.pop("diagnostics", None)
    (GOLDEN / name).write_text(json.dumps(_without_passing(document), indent=1) + "\n", encoding="utf-8")


def _without_passing(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_passing(inner) for key, inner in value.items() if key not in _PASSING}
    return [_without_passing(each) for each in value] if isinstance(value, list) else value


def record(recorder: Recorder) -> None:
    """Records the first preview, the state after `up`, and a preview of every change from there."""
    recorder.preview("keyless-first")
    recorder.pulumi("up", "--stack", STACK, "--yes", "--skip-preview")
    write("keyless.state.json", json.loads(recorder.pulumi("stack", "export", "--stack", STACK)))
    for name, configuration in CONFIGURED.items():
        recorder.configured(**configuration)
        recorder.preview(golden_name(name))
    (recorder.project / FILE).write_text(recorder.original, encoding="utf-8")
    recorder.changed("keyless-code", *CODE)
    for name, edit in CHANGES.items():
        recorder.changed(name, *edit)
    resources = json.loads((GOLDEN / "keyless.state.json").read_text(encoding="utf-8"))["deployment"]["resources"]
    (site,) = (each["urn"] for each in resources if each["urn"].endswith(f"::{SITE}"))
    recorder.preview("keyless-replaced-site", "preview", "--replace", site)
    recorder.preview("keyless-destroy", "destroy", "--preview-only")


def report() -> None:
    """Writes the reports on all of them, in every form of which there is one already, and as Markdown."""
    state = parse_state(json.loads((GOLDEN / "keyless.state.json").read_text(encoding="utf-8")), "state")
    for file in sorted(GOLDEN.glob("keyless-*.preview.json")):
        preview = parse_preview(json.loads(file.read_text(encoding="utf-8")), file.name)
        name = file.name.removesuffix(".preview.json")
        before = None if name == "keyless-first" else state
        (GOLDEN / f"{name}.md").write_text(markdown(report_on(preview, before)), encoding="utf-8")
        if (GOLDEN / f"{name}.txt").exists():
            (GOLDEN / f"{name}.txt").write_text(text(report_on(preview, before)), encoding="utf-8")
        if (GOLDEN / f"{name}.stateless.md").exists():
            (GOLDEN / f"{name}.stateless.md").write_text(markdown(report_on(preview, None)), encoding="utf-8")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as temporary:
        record(Recorder(Path(temporary)))
    report()
