"""A machine that runs the steps of a job: the shell they contain, in a copy of the project, with bash.

`uses:` steps are left out, but for the repository's own action, whose steps are run too, and for artifacts, which are
carried from job to job. What the workflow says is what runs: environment, shell, order, conditions, outputs.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.workflows.expression import condition, filled
from tests.workflows.workflow import Workflow, action, is_own

SKIPPED = frozenset({"actions/checkout", "actions/setup-python", "pulumi/actions", "azure/login"})
"""What only a hosted runner needs, or GitHub and Azure themselves."""
UPLOAD, DOWNLOAD = "actions/upload-artifact", "actions/download-artifact"


@dataclass
class Job:
    """What a job has come to."""

    outcome: str
    """success, failure or skipped."""
    outputs: dict[str, str] = field(default_factory=dict)
    summary: str = ""
    """What it wrote to the run's summary page."""
    log: str = ""
    outcomes: dict[str, str] = field(default_factory=dict)
    """Of its steps, by name."""


@dataclass
class Machine:
    """Where jobs run. `checkout` makes a fresh copy of the project in an empty folder."""

    root: Path
    checkout: Callable[[Path], None]
    environment: Mapping[str, str]
    contexts: Mapping[str, Any]
    """`github`, `vars` and so on."""
    artifacts: Path = field(init=False)
    _jobs: int = 0

    def __post_init__(self) -> None:
        self.artifacts = self.root / "artifacts"

    def run(
        self,
        workflow: str,
        job: str,
        *,
        needs: Mapping[str, Job] | None = None,
        matrix: Mapping[str, str] | None = None,
        **contexts: Any,
    ) -> Job:
        """Runs a job of a workflow; `needs` are the jobs that it waited for."""
        read = Workflow.read(workflow)
        wanted = read.jobs[job].get("needs", [])
        before = dict(needs or {})
        assert set(before) == ({wanted} if isinstance(wanted, str) else set(wanted))
        failed = any(each.outcome != "success" for each in before.values())
        known = {
            **self.contexts,
            **contexts,
            "needs": {name: {"result": each.outcome, "outputs": each.outputs} for name, each in before.items()},
            "cancelled()": lambda: False,
            "success()": lambda: not failed,
        }
        content = read.jobs[job]
        # Without a status function in it, a condition holds only after success (GitHub Docs, "Status check functions").
        if not condition(str(content.get("if", "success()")), known) or (failed and "()" not in str(content.get("if"))):
            return Job("skipped")
        if matrix is not None:
            known["matrix"] = _combination(content["strategy"]["matrix"], matrix, known)
        for place in (content.get("environment"), (content.get("concurrency") or {}).get("group"), content.get("name")):
            filled(str(place), known)
        self._jobs += 1
        return _Run(self, read, content, known, self.root / f"job-{self._jobs}").carried_out()


def _combination(matrix: Mapping[str, Any], wanted: Mapping[str, str], known: Mapping[str, Any]) -> dict[str, str]:
    """Returns the only combination of a matrix that has these values."""
    if "include" in matrix:
        every = [{name: filled(str(value), known) for name, value in each.items()} for each in matrix["include"]]
    else:
        ((name, values),) = matrix.items()
        every = [{name: value} for value in values]
    (found,) = (each for each in every if wanted.items() <= each.items())
    return found


class _Run:
    def __init__(
        self, machine: Machine, workflow: Workflow, job: Mapping[str, Any], contexts: dict[str, Any], folder: Path
    ) -> None:
        self.machine, self.job, self.contexts = machine, job, contexts
        self.workspace, self.temporary = folder / "workspace", folder / "temporary"
        self.temporary.mkdir(parents=True)
        self.workspace.mkdir()
        self.shell = (job.get("defaults") or workflow.document.get("defaults") or {}).get("run", {}).get("shell")
        self.environment = {**dict(workflow.document.get("env") or {}), **dict(job.get("env") or {})}
        self.result = Job("success")

    def carried_out(self) -> Job:
        contexts = self.contexts
        contexts["steps"] = {}
        contexts["runner"] = {"temp": str(self.temporary)}
        contexts["success()"] = lambda: self.result.outcome == "success"
        environment = {name: filled(str(value), contexts) for name, value in self.environment.items()}
        contexts["env"] = environment
        for step in self.job["steps"]:
            self._step(step, contexts, environment)
        for name, value in (self.job.get("outputs") or {}).items():
            self.result.outputs[name] = filled(value, contexts)
        return self.result

    def _step(self, step: Mapping[str, Any], contexts: dict[str, Any], environment: Mapping[str, str]) -> None:
        wanted = str(step.get("if", "success()"))
        if not condition(wanted, contexts) or (self.result.outcome != "success" and "()" not in wanted):
            outcome, outputs = "skipped", dict[str, str]()
        elif "uses" in step:
            outcome, outputs = self._use(step, contexts, environment)
        else:
            outcome, outputs = self._shell(step, contexts, environment)
        if "name" in step:
            self.result.outcomes[str(step["name"])] = outcome
        if "id" in step:
            contexts["steps"][step["id"]] = {"outcome": outcome, "outputs": outputs}
        if outcome == "failure":
            self.result.outcome = "failure"

    def _use(
        self, step: Mapping[str, Any], contexts: dict[str, Any], environment: Mapping[str, str]
    ) -> tuple[str, dict[str, str]]:
        name = str(step["uses"]).partition("@")[0]
        written = {
            key: value if isinstance(value, str) else json.dumps(value) for key, value in step.get("with", {}).items()
        }
        given = {key: filled(value, contexts) for key, value in written.items()}
        if name == "actions/checkout":
            self.machine.checkout(self.workspace)
        elif name == UPLOAD:
            shutil.copytree(self.workspace / given["path"], self.machine.artifacts / given["name"], dirs_exist_ok=True)
        elif name == DOWNLOAD:
            assert given["merge-multiple"] == "true", "else one artifact alone has no folder of its own"
            for found in sorted(self.machine.artifacts.glob(given["pattern"])):
                shutil.copytree(found, self.workspace / given["path"], dirs_exist_ok=True)
        elif is_own(name):
            for inner in action(name):
                self._step(inner, {**contexts, "inputs": given, "steps": {}}, environment)
        else:
            assert name in SKIPPED, f"nothing says what {name} does"
        return self.result.outcome if is_own(name) else "success", {}

    def _shell(
        self, step: Mapping[str, Any], contexts: Mapping[str, Any], environment: Mapping[str, str]
    ) -> tuple[str, dict[str, str]]:
        script = self.temporary / "script"
        script.write_text(filled(step["run"], contexts), encoding="utf-8")
        # As the runner starts them (GitHub Docs, "Workflow syntax", `defaults.run.shell`).
        strict = ["--noprofile", "--norc", "-e", "-o", "pipefail"]
        arguments = strict if step.get("shell", self.shell) == "bash" else ["-e"]
        output, summary = self.temporary / "output", self.temporary / "summary"
        for file in (output, summary):
            file.write_text("", encoding="utf-8")
        ended = subprocess.run(
            ["/bin/bash", *arguments, str(script)],
            cwd=self.workspace,
            env={
                **self.machine.environment,
                "CI": "true",
                "GITHUB_ACTIONS": "true",
                "GITHUB_OUTPUT": str(output),
                "GITHUB_STEP_SUMMARY": str(summary),
                "GITHUB_WORKSPACE": str(self.workspace),
                "RUNNER_TEMP": str(self.temporary),
                **environment,
                **{name: filled(str(value), contexts) for name, value in (step.get("env") or {}).items()},
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        self.result.log += ended.stdout
        self.result.summary += summary.read_text(encoding="utf-8")
        lines = output.read_text(encoding="utf-8").splitlines()
        outputs = dict(line.partition("=")[::2] for line in lines)
        return "failure" if ended.returncode else "success", outputs


def executable(folder: Path, name: str, script: str) -> None:
    """Puts a shell script on the PATH that `folder` is on."""
    folder.mkdir(exist_ok=True)
    file = folder / name
    file.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    file.chmod(0o755)


def environment_of(folder: Path, home: Path) -> dict[str, str]:
    """Returns what a hosted runner's shell knows: no more than the tools in `folder`, the system's, and Python."""
    places = [str(folder), str(Path(sys.executable).parent), "/usr/local/bin", "/usr/bin", "/bin"]
    return {"PATH": os.pathsep.join(places), "HOME": str(home), "LANG": "C.UTF-8"}
