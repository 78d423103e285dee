"""How a report becomes one comment: the shell of the job that may write, and nothing else of this repository."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from access.report.markdown import LIMIT, markdown
from tests.access.test_hostile_names import stack_called
from tests.workflows import comments
from tests.workflows.comments import LONGEST, TOKEN, PullRequest
from tests.workflows.machine import Job, Machine, environment_of, executable
from tests.workflows.workflow import ROOT, Workflow

BOT = "github-actions[bot]"
MARK = "<!-- keyless access report: keyless/dev -->"
HOSTILE = "`$(touch pwned)` \"; touch pwned; # @everyone <!-- --> | ' \\ ${{ github.token }}"


@pytest.fixture
def pull_request() -> Iterator[PullRequest]:
    with comments.served() as found:
        yield found


class Commenter:
    """The job `comment`, with the reports that the jobs before it have left."""

    def __init__(self, folder: Path, pull_request: PullRequest) -> None:
        self.folder = folder
        executable(folder / "tools", "gh", f'PYTHONPATH="{ROOT}" exec python "{comments.__file__}" "$@"')
        environment = {**environment_of(folder / "tools", folder), "FAKE_GITHUB": pull_request.url}
        self._github = {"repository": "example/keyless", "event": {"pull_request": {"number": 7}}}
        self._machine = Machine(folder, _no_checkout, environment, {})

    def run(self, token: str = TOKEN, **reports: str) -> Job:
        """Runs the job with a report by stack."""
        for stack, report in reports.items():
            place = self._machine.artifacts / f"report-{stack}"
            place.mkdir(parents=True, exist_ok=True)
            (place / f"{stack}.md").write_text(report, encoding="utf-8")
        github = {**self._github, "token": token}
        return self._machine.run("preview", "comment", needs={"preview": Job("success")}, github=github)


def _no_checkout(workspace: Path) -> None:
    raise AssertionError("who may write comments has none of the change's code")


@pytest.fixture
def commenter(tmp_path: Path, pull_request: PullRequest) -> Commenter:
    return Commenter(tmp_path, pull_request)


def test_each_stack_has_a_comment_of_its_own(commenter: Commenter, pull_request: PullRequest) -> None:
    prod = MARK.replace("dev", "prod")
    assert commenter.run(dev=f"{MARK}\nOf dev\n", prod=f"{prod}\nOf prod\n").outcome == "success"
    assert commenter.run(dev=f"{MARK}\nOf dev, again\n", prod=f"{prod}\nOf prod, again\n").outcome == "success"
    assert pull_request.by(BOT) == [f"{MARK}\nOf dev, again\n", f"{prod}\nOf prod, again\n"]


def test_its_comment_is_found_among_hundreds(commenter: Commenter, pull_request: PullRequest) -> None:
    for number in range(150):
        pull_request.add("somebody", f"Comment {number}")
    pull_request.add(BOT, f"{MARK}\nOld\n")
    assert commenter.run(dev=f"{MARK}\nNew\n").outcome == "success"
    assert pull_request.by(BOT) == [f"{MARK}\nNew\n"]


def test_a_comment_of_somebody_else_is_left_alone_whatever_it_begins_with(
    commenter: Commenter, pull_request: PullRequest
) -> None:
    pull_request.add("somebody", f"{MARK}\nForged\n")
    pull_request.add(BOT, "Another bot's workflow\n")
    pull_request.add(BOT, f"Quoted: {MARK}\n")
    assert commenter.run(dev=f"{MARK}\nReal\n").outcome == "success"
    assert pull_request.by("somebody") == [f"{MARK}\nForged\n"]
    assert pull_request.by(BOT) == ["Another bot's workflow\n", f"Quoted: {MARK}\n", f"{MARK}\nReal\n"]


def test_what_a_report_says_is_written_and_never_run(commenter: Commenter, pull_request: PullRequest) -> None:
    report = f"{MARK}\n{HOSTILE}\n@{HOSTILE}\n"
    assert commenter.run(dev=report).outcome == "success"
    assert pull_request.by(BOT) == [report]
    # A mark that somebody forges finds no comment, and runs nothing either.
    assert commenter.run(dev=f'{MARK}") or true | .id #{HOSTILE}\nForged\n').outcome == "success"
    assert pull_request.by(BOT)[0] == report
    assert not list(commenter.folder.rglob("pwned"))


def test_hostile_names_arrive_as_the_report_wrote_them(commenter: Commenter, pull_request: PullRequest) -> None:
    report = markdown(stack_called(HOSTILE, HOSTILE, HOSTILE).report())
    assert commenter.run(dev=report).outcome == "success"
    assert pull_request.by(BOT) == [report]
    assert "`\\u0060$(touch pwned)\\u0060 " in report


def test_a_report_as_long_as_github_takes_fits(commenter: Commenter, pull_request: PullRequest) -> None:
    report = f"{MARK}\n".ljust(LIMIT, "x")
    assert LIMIT == LONGEST
    assert commenter.run(dev=report).outcome == "success"
    assert pull_request.by(BOT) == [report]


def test_a_token_that_cannot_write_fails_the_job_and_says_so(commenter: Commenter, pull_request: PullRequest) -> None:
    job = commenter.run(token="read-only", dev=f"{MARK}\nNew\n")
    assert job.outcome == "failure"
    assert job.log == "gh: Resource not accessible by integration (HTTP 403)\n"
    assert pull_request.comments == []


def test_without_a_report_there_is_nothing_to_write(commenter: Commenter, pull_request: PullRequest) -> None:
    assert commenter.run().outcome == "success"
    assert pull_request.requests == []


def test_whoever_may_write_comments_checks_nothing_out_and_may_do_nothing_else() -> None:
    job = Workflow.read("preview").jobs["comment"]
    assert job["permissions"] == {"pull-requests": "write"}
    assert [step["uses"].partition("@")[0] for step in job["steps"] if "uses" in step] == ["actions/download-artifact"]
