"""All rules of the pack, and the door through which anything but Pulumi's policy engine asks them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from policy import app_role, application, credential, grant, identifier_uri, protection, site, storage_account
from policy.configuration import Configuration, Level
from policy.resource import Resource, Stack
from policy.rule import Question, ResourceRule, Rule

RULES: tuple[Rule, ...] = (
    app_role.NO_TAKEOVER,
    app_role.NO_USERS,
    credential.NO_DEVELOPER_CLIENT,
    application.VERSION_2,
    application.ASSIGNMENT_REQUIRED,
    identifier_uri.IDENTIFIER_URI_FORM,
    grant.OWN_IDENTITY,
    protection.PROTECTED,
    site.HTTPS_ONLY,
    site.MODERN_TLS,
    site.NO_FTP,
    site.NO_PUBLISHING_PASSWORD,
    site.NO_KEY_IN_SETTINGS,
    storage_account.TRANSPORT,
    storage_account.NO_SHARED_KEYS,
    storage_account.NO_PUBLIC_ACCESS,
)


@dataclass(frozen=True)
class Violation:
    """One thing that may not be."""

    rule: str
    level: Level
    """MANDATORY or ADVISORY."""
    urn: str
    """Of the resource."""
    message: str
    """What is wrong, with the value, and what to do."""


def check(resources: Iterable[Resource], stack: str, config: Mapping[str, Any]) -> list[Violation]:
    """Returns what the rules find in all resources of a stack, the rules in order.

    `stack` is the stack's name, `config` what Pulumi takes as `--policy-pack-config`.

    Raises ConfigurationError.
    """
    configuration = Configuration.parse(config, RULES)
    whole = Stack(resources)
    return [
        Violation(rule.name, level, resource.urn, message)
        for rule in RULES
        if (level := configuration.levels[rule.name]) is not Level.DISABLED
        for resource, message in _found(rule, whole, Question(stack, configuration.settings[rule.name]))
    ]


def _found(rule: Rule, stack: Stack, question: Question) -> Iterator[tuple[Resource, str]]:
    if isinstance(rule, ResourceRule):
        for resource in stack.resources:
            yield from ((resource, message) for message in rule.check(resource, question))
    else:
        yield from rule.check(stack, question)
