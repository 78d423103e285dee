"""Names of a configuration turned into the ids that an assignment joins."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from components.granted_api import Grant, GrantedApi, ImpossibleGrantsError, published
from components.published_api import NoSuchApiError, PublishedApi, PublishedApiError, PublishedRole
from components.tenant import Tenant

TENANT = "aaaabbbb-0000-4ccc-8111-dddd2222eeee"
GRAPH = PublishedApi(
    "Microsoft Graph",
    "00000003-0000-0000-c000-000000000000",
    "object",
    (
        PublishedRole("User.Read.All", "id-1", for_applications=True),
        PublishedRole("Mail.Send", "id-2", for_applications=True),
    ),
)
BY_NAME = GRAPH.display_name
BY_ID = GRAPH.client_id


class Directory(Tenant):
    """A tenant of which everything is known."""

    def published_apis(self, apis: Iterable[str]) -> dict[str, PublishedApi | PublishedApiError]:
        namesakes = {f"{n}1111111-2222-4333-8444-555555555555" for n in (1, 2)}
        known = {BY_NAME: GRAPH, BY_ID: GRAPH} | {each: PublishedApi("Orders", each, "o", ()) for each in namesakes}
        return {api: known.get(api) or NoSuchApiError(api, TENANT) for api in apis}


DIRECTORY = Directory(TENANT, "deployer")


def granted(*grants: Grant) -> list[GrantedApi]:
    return published({"caller": grants}, DIRECTORY)["caller"]


def test_roles_named_in_several_grants_are_granted_on_one_api() -> None:
    (api,) = granted(Grant(BY_NAME, ["User.Read.All"]), Grant(BY_ID, ["Mail.Send"], imports={"Mail.Send": "/id"}))
    assert (api.shown, api.object_id) == ("Microsoft Graph", "object")
    assert api.role_ids == {"User.Read.All": "id-1", "Mail.Send": "id-2"}
    assert api.imports == {"Mail.Send": "/id"}


def test_a_grant_has_the_same_name_whether_it_names_the_api_or_its_client_id() -> None:
    # Under another name the same assignment would be created twice, and Microsoft Graph refuses the second.
    (by_name,) = granted(Grant(BY_NAME, ["Mail.Send"]))
    (by_id,) = granted(Grant(BY_ID, ["Mail.Send"]))
    assert by_name.name == by_id.name == "microsoft-graph-00000003"


def test_namesakes_named_by_client_id_have_different_names() -> None:
    one, other = granted(*(Grant(f"{n}1111111-2222-4333-8444-555555555555", []) for n in (1, 2)))
    assert one.name != other.name


def test_everything_that_is_wrong_is_reported_at_once_whichever_caller_it_is_of() -> None:
    with pytest.raises(ImpossibleGrantsError) as refused:
        published(
            {
                "reader": [Grant("Ordres", ["Read"]), Grant(BY_NAME, ["User.Raed.All"])],
                "writer": [Grant(BY_NAME, ["Mail.Send"]), Grant(BY_ID, ["Mail.Send"])],
            },
            DIRECTORY,
        )
    assert str(refused.value) == (
        "The grants have 3 faults; nothing was changed.\n\n"
        f"{NoSuchApiError('Ordres', TENANT)}\n\n"
        f"'Microsoft Graph' ({BY_ID}) has no application role 'User.Raed.All'. Did you mean 'User.Read.All'? "
        "Application roles: Mail.Send, User.Read.All.\n\n"
        f"'Microsoft Graph' and {BY_ID} are one API, and its role 'Mail.Send' is granted twice. Remove one of the two."
    )


def test_an_api_that_several_grants_name_in_vain_is_reported_once() -> None:
    with pytest.raises(ImpossibleGrantsError) as refused:
        published({"reader": [Grant("Ordres", ["Read"])], "writer": [Grant("Ordres", ["Write"])]}, DIRECTORY)
    assert [type(error) for error in refused.value.errors] == [NoSuchApiError]
