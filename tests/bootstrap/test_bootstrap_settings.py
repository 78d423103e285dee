"""Reading the configuration of the bootstrap: what is accepted, and what a person is told about the rest."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bootstrap.settings import Settings
from components.github import SubjectForm
from settings import InvalidSettingsError
from tests.components.recording import deploy

DEV = "3f1a2b4c-5d6e-4f70-8192-a3b4c5d6e7f8"
PROD = "9c8b7a69-5847-4635-a241-30fedcba9876"
GROUP = "11111111-2222-4333-8444-555555555555"
PREFIX = "keyless-bootstrap"
SET = "pulumi config set --stack ci"
CORRECT = "Correct it in Pulumi.ci.yaml."
GUID = "a GUID such as 11111111-2222-4333-8444-555555555555"

VALID: dict[str, Any] = {
    "azure-native:location": "West Europe",
    f"{PREFIX}:repository": {"owner": "contoso", "name": "keyless", "ownerId": 5544123, "id": 821093847},
    f"{PREFIX}:environments": {"dev": {"subscriptionId": DEV}, "prod": {"subscriptionId": PROD.upper()}},
    f"{PREFIX}:stateStorage": True,
    f"{PREFIX}:secretsKeys": True,
    f"{PREFIX}:operators": GROUP,
    f"{PREFIX}:protect": True,
}


def load(config: dict[str, Any]) -> Settings:
    loaded: list[Settings] = []
    given = {key: value if isinstance(value, str) else json.dumps(value) for key, value in config.items()}
    deploy(lambda: loaded.append(Settings.load()), project=PREFIX, stack="ci", config=given)
    return loaded[0]


def with_(key: str, value: Any) -> dict[str, Any]:
    """The valid configuration with another value at `key`, such as `repository/owner`; None leaves it out."""
    config: dict[str, Any] = json.loads(json.dumps(VALID))
    first, _, inner = key.partition("/")
    name = first if ":" in first else f"{PREFIX}:{first}"
    place, last = (config[name], inner) if inner else (config, name)
    if value is None:
        del place[last]
    else:
        place[last] = value
    return config


def test_everything_that_can_be_configured_is_read() -> None:
    settings = load(VALID)
    assert settings.location == "westeurope"
    assert settings.repository.full_name == "contoso/keyless"
    assert (settings.repository.owner_id, settings.repository.id) == (5544123, 821093847)
    assert (settings.repository.branch, list(settings.repository.forms)) == ("main", list(SubjectForm))
    assert settings.environments == {"dev": DEV, "prod": PROD}
    assert (settings.state_storage, settings.secrets_keys, settings.protect) == (True, True, True)
    assert settings.operators == GROUP


@pytest.mark.parametrize("key", ["stateStorage", "secretsKeys", "operators", "protect"])
def test_what_is_not_asked_for_is_not_made(key: str) -> None:
    settings = load(with_(key, None))
    names = {"stateStorage": "state_storage", "secretsKeys": "secrets_keys"}
    assert not getattr(settings, names.get(key, key))


def test_a_repository_may_be_trusted_by_names_alone_without_ids() -> None:
    config = with_("repository", {"owner": "contoso", "name": "keyless", "subjects": ["names"]})
    assert load(config).repository.forms == [SubjectForm.NAMES]


def test_a_migrated_repository_is_trusted_by_ids_alone() -> None:
    assert load(with_("repository/subjects", ["ids"])).repository.forms == [SubjectForm.IDS]


FAULTS = [
    (
        with_("repository", {}),
        (
            f"{PREFIX}:repository: there is no value.\n"
            "  Allowed: a value such as {owner: contoso, name: keyless, ownerId: 5544123, id: 821093847}.\n"
            "  Write it into Pulumi.ci.yaml."
        ),
    ),
    (
        with_("repository/owner", "contoso/keyless"),
        (
            f"{PREFIX}:repository.owner: 'contoso/keyless' is not the name of a user or an organization.\n"
            "  Allowed: 1 to 39 letters, digits and single '-', with their case, as in github.com/OWNER/NAME.\n"
            f"  {CORRECT}"
        ),
    ),
    (
        with_("repository/name", "key less"),
        (
            f"{PREFIX}:repository.name: 'key less' is not the name of a repository.\n"
            "  Allowed: 1 to 100 letters, digits, '.', '_' and '-', with their case and without the owner.\n"
            f"  {CORRECT}"
        ),
    ),
    (
        with_("repository/ownerId", None),
        (
            f"{PREFIX}:repository.ownerId: there is no value.\n"
            "  Allowed: a value such as 5544123.\n"
            f"  Set it: {SET} --path {PREFIX}:repository.ownerId 5544123"
        ),
    ),
    (
        with_("repository/id", "821093847"),
        (f"{PREFIX}:repository.id: '821093847' is a string.\n  Allowed: a whole number.\n  {CORRECT}"),
    ),
    (
        with_("repository/id", 0),
        (
            f"{PREFIX}:repository.id: 0 is not an id.\n"
            "  Allowed: a number from 1 on, as GitHub's API tells it.\n"
            f"  {CORRECT}"
        ),
    ),
    (
        with_("repository/branch", "release/*"),
        (
            f"{PREFIX}:repository.branch: 'release/*' is not the name of a branch that can be trusted.\n"
            "  Allowed: 1 to 120 letters, digits, '.', '_', '-' and '/', without refs/heads/ and without patterns.\n"
            f"  {CORRECT}"
        ),
    ),
    (
        with_("repository/subjects", ["name"]),
        (
            f"{PREFIX}:repository.subjects[0]: 'name' is not a form of a subject.\n"
            "  Allowed: names or ids.\n"
            f"  Did you mean 'names'? {SET} --path '{PREFIX}:repository.subjects[0]' names"
        ),
    ),
    (
        with_("repository/subjects", []),
        (
            f"{PREFIX}:repository.subjects: [] is empty.\n"
            "  Allowed: a list of forms of a subject: names, ids, at least one.\n"
            f"  {CORRECT}"
        ),
    ),
    (
        with_("repository/subjects", ["ids", "ids"]),
        (
            f"{PREFIX}:repository.subjects[1]: 'ids' is the same form as {PREFIX}:repository.subjects[0].\n"
            "  Allowed: each form once.\n"
            "  Remove one of the two from Pulumi.ci.yaml."
        ),
    ),
    (
        with_("repository/url", "https://github.com/contoso/keyless"),
        (
            f"{PREFIX}:repository.url: 'url' is not a known key.\n"
            "  Allowed: owner, name, ownerId, id, branch and subjects.\n"
            "  Remove it from Pulumi.ci.yaml."
        ),
    ),
    (
        with_("environments", {}),
        (
            f"{PREFIX}:environments: there is no value.\n"
            "  Allowed: a value such as {dev: {subscriptionId: 11111111-2222-4333-8444-555555555555}}.\n"
            "  Write it into Pulumi.ci.yaml."
        ),
    ),
    (
        with_("environments", ["dev"]),
        (
            f'{PREFIX}:environments: ["dev"] is a list.\n'
            "  Allowed: an object of environments, each with subscriptionId.\n"
            f"  {CORRECT}"
        ),
    ),
    (
        with_("environments/pre-prod", {"subscriptionId": GROUP}),
        (
            f"{PREFIX}:environments.pre-prod: 'pre-prod' is not a name for an environment.\n"
            "  Allowed: 2 to 20 of a-z and 0-9, beginning with a letter: variables, containers and keys are named so.\n"
            f"  {CORRECT}"
        ),
    ),
    (
        with_("environments/prod", {"subscriptionId": "Production"}),
        (f"{PREFIX}:environments.prod.subscriptionId: 'Production' is not a GUID.\n  Allowed: {GUID}.\n  {CORRECT}"),
    ),
    (
        with_("environments/prod", {}),
        (
            f"{PREFIX}:environments.prod.subscriptionId: there is no value.\n"
            f"  Allowed: a value such as {GROUP}.\n"
            f"  Set it: {SET} --path {PREFIX}:environments.prod.subscriptionId {GROUP}"
        ),
    ),
    (
        with_("environments/prod", {"subscriptionId": DEV.upper()}),
        (
            f"{PREFIX}:environments.prod.subscriptionId: '{DEV.upper()}' is the same subscription as "
            f"{PREFIX}:environments.dev.subscriptionId.\n"
            "  Allowed: each subscription once.\n"
            "  Remove one of the two from Pulumi.ci.yaml."
        ),
    ),
    (
        with_("operators", "the team"),
        f"{PREFIX}:operators: 'the team' is not a GUID.\n  Allowed: {GUID}.\n  {CORRECT}",
    ),
    (
        with_("stateStorage", "maybe"),
        (f"{PREFIX}:stateStorage: 'maybe' is neither true nor false.\n  Allowed: true or false.\n  {CORRECT}"),
    ),
    (
        with_("state", True),
        (
            f"{PREFIX}:state: 'state' is not a known key.\n"
            "  Allowed: repository, environments, stateStorage, secretsKeys, operators and protect.\n"
            "  Remove it from Pulumi.ci.yaml."
        ),
    ),
    (
        with_("azure-native:location", None),
        (
            "azure-native:location: there is no value.\n"
            "  Allowed: a value such as westeurope.\n"
            f"  Set it: {SET} azure-native:location westeurope"
        ),
    ),
]


@pytest.mark.parametrize(("config", "report"), FAULTS, ids=[report.partition(":\n")[0][:60] for _, report in FAULTS])
def test_a_fault_is_named_with_what_is_allowed_and_what_to_do(config: dict[str, Any], report: str) -> None:
    with pytest.raises(InvalidSettingsError) as refused:
        load(config)
    assert str(refused.value) == f"The configuration of stack 'ci' has 1 fault; nothing was changed.\n\n{report}"


def test_all_faults_are_named_at_once() -> None:
    config = {**VALID, f"{PREFIX}:protect": "perhaps", f"{PREFIX}:repository": {}, f"{PREFIX}:environments": {"x": {}}}
    with pytest.raises(InvalidSettingsError) as refused:
        load(config)
    assert [fault.path.removeprefix(f"{PREFIX}:") for fault in refused.value.faults] == [
        "repository",
        "environments.x",
        "environments.x.subscriptionId",
        "protect",
    ]


@pytest.mark.parametrize("kept", ["stateStorage", "secretsKeys"])
def test_state_and_keys_lie_in_no_environments_subscription(kept: str) -> None:
    other = {"stateStorage": "secretsKeys", "secretsKeys": "stateStorage"}[kept]
    settings = load(with_(other, None))

    def check() -> None:
        settings.keep_state_apart(PROD.upper())

    with pytest.raises(InvalidSettingsError) as refused:
        deploy(check, project=PREFIX, stack="ci")
    assert str(refused.value) == (
        "The configuration of stack 'ci' has 1 fault; nothing was changed.\n\n"
        f"{PREFIX}:environments.prod.subscriptionId: {PROD.upper()} is also the subscription that state and keys are "
        "to be made in.\n"
        "  Allowed: a subscription of the environment's own: who deploys into it may change all that is in it.\n"
        "  Sign in to another subscription for the bootstrap: ARM_SUBSCRIPTION_ID, or az account set."
    )


def test_without_state_and_keys_the_bootstrap_may_be_signed_in_anywhere() -> None:
    config = {key: value for key, value in VALID.items() if not key.endswith(("stateStorage", "secretsKeys"))}
    load(config).keep_state_apart(DEV)
