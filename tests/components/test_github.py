"""The subjects of jobs on GitHub, as its documentation writes them."""

from __future__ import annotations

import pytest

from components import github
from components.github import Repository, SubjectForm
from rehearsal.github import job as rehearsed

BOTH = (SubjectForm.NAMES, SubjectForm.IDS)


def repository(*forms: SubjectForm, branch: str = "main") -> Repository:
    return Repository(owner="octocat", name="my-repo", owner_id=123456, id=456789, branch=branch, forms=forms or BOTH)


def test_each_subject_has_both_forms() -> None:
    assert repository().of_environment("prod") == {
        "environment-prod": "repo:octocat/my-repo:environment:prod",
        "environment-prod-ids": "repo:octocat@123456/my-repo@456789:environment:prod",
    }
    assert repository().of_pull_requests() == {
        "pull-request": "repo:octocat/my-repo:pull_request",
        "pull-request-ids": "repo:octocat@123456/my-repo@456789:pull_request",
    }
    assert repository(branch="release/2").of_branch() == {
        "branch-release-2": "repo:octocat/my-repo:ref:refs/heads/release/2",
        "branch-release-2-ids": "repo:octocat@123456/my-repo@456789:ref:refs/heads/release/2",
    }


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        (SubjectForm.NAMES, {"environment-dev": "repo:octocat/my-repo:environment:dev"}),
        (SubjectForm.IDS, {"environment-dev-ids": "repo:octocat@123456/my-repo@456789:environment:dev"}),
    ],
)
def test_only_the_forms_asked_for_are_trusted(form: SubjectForm, expected: dict[str, str]) -> None:
    assert repository(form).of_environment("dev") == expected


@pytest.mark.parametrize("immutable", [True, False])
@pytest.mark.parametrize(
    ("event", "ref", "environment"),
    [
        ("push", "refs/heads/main", "prod"),
        ("pull_request", "refs/pull/1/merge", None),
        ("schedule", "refs/heads/main", None),
    ],
)
def test_the_subjects_are_those_that_the_rehearsed_github_gives(
    event: str, ref: str, environment: str | None, immutable: bool
) -> None:
    of = rehearsed.Repository(owner="octocat", name="my-repo", owner_id=123456, id=456789, immutable=immutable)
    given = rehearsed.Job(repository=of, event=event, ref=ref, environment=environment).subject
    trusted = repository(SubjectForm.IDS if immutable else SubjectForm.NAMES)
    subjects = {**trusted.of_environment("prod"), **trusted.of_pull_requests(), **trusted.of_branch()}
    assert given in subjects.values()


@pytest.mark.parametrize("owner", ["contoso", "Contoso-Ltd", "a", "9lives", "a" * 39])
def test_names_of_owners(owner: str) -> None:
    assert github.refusal_of_owner(owner) is None


@pytest.mark.parametrize("owner", ["", "-a", "a-", "a--b", "contoso/orders", "a_b", "contoso:x", "a" * 40, "*"])
def test_what_is_no_name_of_an_owner(owner: str) -> None:
    assert github.refusal_of_owner(owner) is not None


@pytest.mark.parametrize("name", ["orders", "my.repo_2", "-", ".github", "A" * 100])
def test_names_of_repositories(name: str) -> None:
    assert github.refusal_of_name(name) is None


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "a:b", "a b", "a@1", "A" * 101, "*"])
def test_what_is_no_name_of_a_repository(name: str) -> None:
    assert github.refusal_of_name(name) is not None


@pytest.mark.parametrize("branch", ["main", "release/2.0", "a_b-c"])
def test_names_of_branches(branch: str) -> None:
    assert github.refusal_of_branch(branch) is None


@pytest.mark.parametrize("branch", ["", "refs heads", "*", "a..b", "/a", "a/", "a//b", ".a", "a.", "a:b"])
def test_what_is_no_branch_to_trust(branch: str) -> None:
    assert github.refusal_of_branch(branch) is not None
