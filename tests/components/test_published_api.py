"""Choosing a published API by its name, and its roles by their values."""

import subprocess

import pulumi
import pytest

from components.published_api import (
    AmbiguousApiError,
    Candidate,
    NoSuchApiError,
    NoSuchRoleError,
    PublishedApi,
    PublishedApiError,
    PublishedRole,
    choose,
    is_client_id,
    role_id,
)

TENANT = "aaaabbbb-0000-4ccc-8111-dddd2222eeee"
GRAPH = PublishedApi(
    display_name="Microsoft Graph",
    client_id="00000003-0000-0000-c000-000000000000",
    object_id="o",
    roles=(
        PublishedRole("User.Read.All", "id-1", for_applications=True),
        PublishedRole("Mail.Send", "id-2", for_applications=True),
        PublishedRole("User.Invite", "id-3", for_applications=False),
        PublishedRole("Old.Read", "id-4", for_applications=True, enabled=False),
    ),
)


def test_the_api_with_exactly_that_name_is_chosen() -> None:
    right = Candidate("Orders", "c1", "Application")
    assert choose("Orders", [Candidate("Orders (old)", "c2", "Application"), right], TENANT) == right


def test_a_namesake_in_other_case_does_not_make_a_name_ambiguous() -> None:
    right = Candidate("Orders", "c1", "Application")
    assert choose("Orders", [Candidate("orders", "c2", "Application"), right], TENANT) == right


def test_a_managed_identity_of_that_name_does_not_make_it_ambiguous() -> None:
    right = Candidate("orders", "c1", "Application")
    assert choose("orders", [Candidate("orders", "c2", "ManagedIdentity"), right], TENANT) == right


def test_a_name_in_other_case_is_not_taken_for_the_api() -> None:
    with pytest.raises(NoSuchApiError) as refused:
        choose("microsoft graph", [Candidate("Microsoft Graph", "c1", "Application")], TENANT)
    assert str(refused.value) == (
        f"There is no API 'microsoft graph' in tenant {TENANT}. Did you mean 'Microsoft Graph'? "
        "Names are compared exactly."
    )


def test_a_name_that_nothing_has_is_an_error_that_says_how_to_look() -> None:
    assert str(NoSuchApiError("Ordres", TENANT)) == (
        f"There is no API 'Ordres' in tenant {TENANT}. Look for its exact name: "
        'az ad sp list --display-name "Ordres" --query "[].[displayName,appId]", or name it by its client id.'
    )


def test_a_client_id_that_nothing_has_is_an_error_that_says_how_to_add_it() -> None:
    assert str(NoSuchApiError(GRAPH.client_id, TENANT)) == (
        f"There is no API '{GRAPH.client_id}' in tenant {TENANT}. If its publisher offers it to your tenant, add it: "
        f"az ad sp create --id {GRAPH.client_id}"
    )


def test_a_name_that_several_have_is_an_error_that_lists_their_client_ids() -> None:
    with pytest.raises(AmbiguousApiError) as refused:
        choose("Orders", [Candidate("Orders", each, "Application") for each in ("c2", "c1")], TENANT)
    assert str(refused.value) == (
        f"There are 2 APIs named 'Orders', with the client ids c1, c2, in tenant {TENANT}. "
        "Name the one you mean by its client id."
    )


def test_namesakes_that_could_not_be_listed_are_an_error_with_the_command_that_lists_them() -> None:
    assert str(AmbiguousApiError("Orders", TENANT, [])) == (
        f"There are several APIs named 'Orders', in tenant {TENANT}. Name the one you mean by its client id: "
        'az ad sp list --filter "displayName eq \'Orders\'" --query "[].appId"'
    )


def words(command: str) -> list[str]:
    """Returns the words that a shell makes of a command."""
    shell = subprocess.run(["sh", "-c", f"printf '%s\\n' {command}"], capture_output=True, text=True, check=True)  # noqa: S607
    return shell.stdout.splitlines()


def test_a_name_with_quotes_in_it_stays_one_word_of_the_command() -> None:
    hostile = """O'Brien's "$(echo)" `x` \\"""
    looked_for = words(str(NoSuchApiError(hostile, TENANT)).partition("name: ")[2].partition(", or name")[0])
    assert looked_for == ["az", "ad", "sp", "list", "--display-name", hostile, "--query", "[].[displayName,appId]"]
    listed = words(str(AmbiguousApiError(hostile, TENANT, [])).partition("client id: ")[2])
    assert listed[5] == "displayName eq '" + hostile.replace("'", "''") + "'"


def test_a_role_that_applications_can_hold_has_an_id() -> None:
    assert role_id(GRAPH, "Mail.Send") == "id-2"


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("User.Raed.All", "has no application role 'User.Raed.All'. Did you mean 'User.Read.All'?"),
        ("Nothing.Like.It", "has no application role 'Nothing.Like.It'."),
        ("User.Invite", "has the role 'User.Invite' for users only."),
        ("Old.Read", "has disabled its role 'Old.Read'."),
    ],
    ids=["misspelt", "absent", "for users only", "disabled"],
)
def test_a_role_that_cannot_be_granted_is_an_error_that_lists_those_that_can(value: str, problem: str) -> None:
    with pytest.raises(NoSuchRoleError) as refused:
        role_id(GRAPH, value)
    assert str(refused.value) == (
        f"'Microsoft Graph' (00000003-0000-0000-c000-000000000000) {problem} "
        "Application roles: Mail.Send, User.Read.All."
    )


def test_an_api_without_application_roles_says_so() -> None:
    api = PublishedApi("Orders", "c1", "o1", roles=())
    assert str(NoSuchRoleError(api, "X")) == (
        "'Orders' (c1) has no application role 'X'. It has no application roles at all."
    )


def test_of_hundreds_of_roles_only_the_likeliest_are_listed_with_the_command_for_all() -> None:
    roles = tuple(PublishedRole(f"Mail{n}.Read", str(n), for_applications=True) for n in range(300))
    likely = PublishedRole("Users.Read.All", "x", for_applications=True)
    message = str(NoSuchRoleError(PublishedApi("Big", "c1", "o1", roles=(*roles, likely)), "User.Read.All"))
    assert "Did you mean 'Users.Read.All'?" in message
    assert message.count(".Read") - message.count("Users.Read") <= 21
    assert message.endswith(
        " and 281 more; all of them: az ad sp show --id c1 "
        "--query \"appRoles[?contains(allowedMemberTypes, 'Application')].value\""
    )


@pytest.mark.parametrize(
    ("api", "is_one"),
    [(GRAPH.client_id, True), (GRAPH.client_id.upper(), True), ("Microsoft Graph", False), ("", False)],
)
def test_a_client_id_is_told_from_a_name(api: str, is_one: bool) -> None:
    assert is_client_id(api) is is_one


@pytest.mark.parametrize("error", [NoSuchApiError, AmbiguousApiError, NoSuchRoleError])
def test_each_error_ends_a_program_without_a_traceback(error: type[Exception]) -> None:
    assert issubclass(error, PublishedApiError)
    assert issubclass(error, pulumi.RunError)
