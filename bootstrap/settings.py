"""The settings of the bootstrap stack, and what each of its keys has to be."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import pulumi

from components import github, region
from components.github import Repository, SubjectForm
from components.refusal import Refusal, nearest
from settings import configuration
from settings.fault import Faults
from settings.node import Node, refuse_duplicates

PROJECT = "keyless-bootstrap"
_KEYS = {
    "repository": "{owner: contoso, name: keyless, ownerId: 5544123, id: 821093847}",
    "environments": "{dev: {subscriptionId: 11111111-2222-4333-8444-555555555555}}",
    "stateStorage": "true",
    "secretsKeys": "true",
    "operators": "11111111-2222-4333-8444-555555555555",
    "protect": "true",
}
_IDS = {"ownerId": "5544123", "id": "821093847"}
_BRANCH = "main"
_ENVIRONMENT = re.compile(r"[a-z][a-z0-9]{1,19}")
_GUID = "a GUID such as 11111111-2222-4333-8444-555555555555"


@dataclass(frozen=True)
class Settings:
    """What CI is to be."""

    location: str
    """The region of state and keys, as ARM writes it."""
    repository: Repository
    environments: Mapping[str, str]
    """The id of each environment's subscription, by the environment's name: that of its stack and of its environment on
    GitHub."""
    state_storage: bool
    """Whether there is to be storage for the state."""
    secrets_keys: bool
    """Whether there are to be keys for the secrets in the state."""
    operators: str | None
    """The object id of a group that may read and write every state."""
    protect: bool
    """Whether identities, state and keys are kept from deletion."""

    @classmethod
    def load(cls) -> Settings:
        """Reads the configuration of the current stack.

        Raises InvalidSettingsError, which names every fault there is.
        """
        faults = Faults(pulumi.get_stack())
        configuration.refuse_unknown(PROJECT, _KEYS, faults)
        nodes = {key: configuration.node(PROJECT, key, faults) for key in _KEYS}
        for key in ("repository", "environments"):
            if nodes[key].value in (None, {}):
                nodes[key].missing(_KEYS[key])
                nodes[key] = replace(nodes[key], value=None)
        operators = nodes["operators"]
        settings = cls(
            location=region.canonical(configuration.location(faults).text()),
            repository=_repository(nodes["repository"]),
            environments=MappingProxyType(_environments(nodes["environments"])),
            state_storage=nodes["stateStorage"].flag(),
            secrets_keys=nodes["secretsKeys"].flag(),
            operators=operators.text(_refusal_of_guid).lower() if operators.value else None,
            protect=nodes["protect"].flag(),
        )
        faults.raise_found()
        return settings

    def keep_state_apart(self, subscription: str) -> None:
        """Refuses a `subscription` for state and keys that is also an environment's: its deployer could open them.

        Raises InvalidSettingsError.
        """
        if not (self.state_storage or self.secrets_keys):
            return
        faults = Faults(pulumi.get_stack())
        for environment, its_own in self.environments.items():
            if its_own == subscription.lower():
                faults.add(
                    f"{PROJECT}:environments.{environment}.subscriptionId",
                    f"{subscription} is also the subscription that state and keys are to be made in.",
                    allowed="a subscription of the environment's own: who deploys into it may change all that is in it",
                    remedy="Sign in to another subscription for the bootstrap: ARM_SUBSCRIPTION_ID, or az account set.",
                )
        faults.raise_found()


def _repository(node: Node) -> Repository:
    fields = node.fields(
        required={"owner": "contoso", "name": "keyless"},
        optional={**_IDS, "branch": _BRANCH, "subjects": "[names, ids]"},
    )
    forms = _forms(fields["subjects"])
    for key, example in _IDS.items():
        if SubjectForm.IDS in forms and fields[key].value is None and node.value is not None:
            fields[key].missing(example)
    branch = fields["branch"]
    return Repository(
        owner=fields["owner"].text(github.refusal_of_owner),
        name=fields["name"].text(github.refusal_of_name),
        owner_id=fields["ownerId"].whole(0, github.refusal_of_id),
        id=fields["id"].whole(0, github.refusal_of_id),
        branch=_BRANCH if branch.value is None else branch.text(github.refusal_of_branch),
        forms=forms,
    )


def _forms(node: Node) -> list[SubjectForm]:
    if node.value is None:
        return list(SubjectForm)
    items = node.items("forms of a subject: names, ids", needed=True)
    words = [(item, item.text(_refusal_of_form)) for item in items]
    refuse_duplicates([(item, word) for item, word in words if word], "form")
    return [form for form in SubjectForm if form.value in {word for _, word in words}]


def _refusal_of_form(word: str) -> Refusal | None:
    known = [form.value for form in SubjectForm]
    if word in known:
        return None
    return Refusal(f"{word!r} is not a form of a subject.", " or ".join(known), nearest(word, known))


def _environments(node: Node) -> dict[str, str]:
    entries = node.entries("environments, each with subscriptionId")
    found = {}
    for name, entry in entries.items():
        if not _ENVIRONMENT.fullmatch(name):
            node.faults.add(
                entry.path,
                f"{name!r} is not a name for an environment.",
                allowed="2 to 20 of a-z and 0-9, beginning with a letter: variables, containers and keys are named so",
            )
        fields = entry.fields(required={"subscriptionId": "11111111-2222-4333-8444-555555555555"}, optional={})
        found[name] = fields["subscriptionId"].text(_refusal_of_guid).lower()
    named = [entry.at("subscriptionId") for entry in entries.values()]
    # Who deploys one environment may do everything in its subscription.
    refuse_duplicates([(each, each.value.lower()) for each in named if isinstance(each.value, str)], "subscription")
    return found


def _refusal_of_guid(text: str) -> Refusal | None:
    try:
        if str(uuid.UUID(text)) == text.lower():
            return None
    except ValueError:
        pass
    return Refusal(f"{text!r} is not a GUID.", _GUID)
