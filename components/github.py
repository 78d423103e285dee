"""GitHub as an issuer of tokens: which subject a job of a repository has (GitHub Docs, "OpenID Connect reference")."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from components.naming import slug
from components.refusal import Refusal

ISSUER = "https://token.actions.githubusercontent.com"
AUDIENCE = "api://AzureADTokenExchange"
"""What a token for Microsoft Entra ID is for (Microsoft Entra documentation, "Configure an app to trust an external
identity provider")."""
_OWNER = re.compile(r"[A-Za-z0-9](?:-?[A-Za-z0-9]){0,38}")
_NAME = re.compile(r"(?!\.{1,2}$)[A-Za-z0-9._-]{1,100}")
_BRANCH = re.compile(r"(?![/.])[A-Za-z0-9._/-]{1,120}(?<![/.])")


class SubjectForm(Enum):
    """How a subject names the repository."""

    NAMES = "names"
    """By names alone. Names are given again: who later owns a renamed or deleted repository's name has its subject."""
    IDS = "ids"
    """By names and the ids that GitHub never gives again. Repositories that are new, renamed or transferred since 15
    July 2026 have this form, others as soon as they ask for it (Microsoft Entra documentation, "Migrate GitHub Actions
    federated credentials to immutable subjects")."""


@dataclass(frozen=True, kw_only=True)
class Repository:
    """A repository whose jobs are trusted."""

    owner: str
    name: str
    owner_id: int
    """0 if only names count."""
    id: int
    """0 if only names count."""
    branch: str
    """The branch that is deployed."""
    forms: Sequence[SubjectForm]
    """Which forms of a subject are trusted."""

    @property
    def full_name(self) -> str:
        """`contoso/orders`."""
        return f"{self.owner}/{self.name}"

    def of_environment(self, environment: str) -> Mapping[str, str]:
        """Returns the subjects of jobs that name the environment, by a name for each."""
        return self._subjects(f"environment-{environment}", f"environment:{environment}")

    def of_pull_requests(self) -> Mapping[str, str]:
        """Returns the subjects of jobs of pull requests, without an environment. Those from forks get no token."""
        return self._subjects("pull-request", "pull_request")

    def of_branch(self) -> Mapping[str, str]:
        """Returns the subjects of jobs on the deployed branch, without an environment: what a schedule starts."""
        return self._subjects(f"branch-{slug(self.branch)}", f"ref:refs/heads/{self.branch}")

    def _subjects(self, name: str, context: str) -> Mapping[str, str]:
        written = {
            SubjectForm.NAMES: (name, f"repo:{self.full_name}:{context}"),
            SubjectForm.IDS: (
                f"{name}-ids",
                f"repo:{self.owner}@{self.owner_id}/{self.name}@{self.id}:{context}",
            ),
        }
        return dict(written[form] for form in self.forms)


def refusal_of_owner(owner: str) -> Refusal | None:
    """Says why nobody on GitHub has this name, or None if somebody can."""
    if _OWNER.fullmatch(owner):
        return None
    allowed = "1 to 39 letters, digits and single '-', with their case, as in github.com/OWNER/NAME"
    return Refusal(f"{owner!r} is not the name of a user or an organization.", allowed)


def refusal_of_name(name: str) -> Refusal | None:
    """Says why no repository has this name, or None if one can."""
    if _NAME.fullmatch(name):
        return None
    allowed = "1 to 100 letters, digits, '.', '_' and '-', with their case and without the owner"
    return Refusal(f"{name!r} is not the name of a repository.", allowed)


def refusal_of_id(number: int) -> Refusal | None:
    """Says why GitHub has given this id to nobody, or None if it can have."""
    return None if number > 0 else Refusal(f"{number} is not an id.", "a number from 1 on, as GitHub's API tells it")


def refusal_of_branch(branch: str) -> Refusal | None:
    """Says why this is no branch to trust, or None if it can be one."""
    if _BRANCH.fullmatch(branch) and "//" not in branch and ".." not in branch:
        return None
    return Refusal(
        f"{branch!r} is not the name of a branch that can be trusted.",
        "1 to 120 letters, digits, '.', '_', '-' and '/', without refs/heads/ and without patterns",
    )
