"""Names of a configuration turned into the ids that an assignment joins."""

import pytest

from components.granted_api import GrantedApi, ImpossibleGrantsError, granted_apis
from components.published_api import NoSuchApiError, PublishedApi, PublishedApiError, PublishedRole

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
FOUND: dict[str, PublishedApi | PublishedApiError] = {
    BY_NAME: GRAPH,
    BY_ID: GRAPH,
    "Ordres": NoSuchApiError("Ordres", TENANT),
}


def test_roles_named_in_several_grants_are_granted_on_one_api() -> None:
    granted = granted_apis([(BY_NAME, ["User.Read.All"]), (BY_ID, ["Mail.Send"])], FOUND)
    assert granted == [GrantedApi(GRAPH, {"User.Read.All": "id-1", "Mail.Send": "id-2"})]


def test_a_grant_has_the_same_name_whether_it_names_the_api_or_its_client_id() -> None:
    # Under another name the same assignment would be created twice, and Microsoft Graph refuses the second.
    (by_name,) = granted_apis([(BY_NAME, ["Mail.Send"])], FOUND)
    (by_id,) = granted_apis([(BY_ID, ["Mail.Send"])], FOUND)
    assert by_name.name == by_id.name == "microsoft-graph-00000003"


def test_namesakes_named_by_client_id_have_different_names() -> None:
    one, other = (PublishedApi("Orders", f"{n}1111111-2222-4333-8444-555555555555", "o", ()) for n in (1, 2))
    assert GrantedApi(one, {}).name != GrantedApi(other, {}).name


def test_everything_that_is_wrong_is_reported_at_once() -> None:
    with pytest.raises(ImpossibleGrantsError) as refused:
        granted_apis([("Ordres", ["Read"]), (BY_NAME, ["User.Raed.All", "Mail.Send"]), (BY_ID, ["Mail.Send"])], FOUND)
    assert str(refused.value) == (
        "keyless:grants has 3 faults; nothing was changed.\n\n"
        f"{NoSuchApiError('Ordres', TENANT)}\n\n"
        f"'Microsoft Graph' ({BY_ID}) has no application role 'User.Raed.All'. Did you mean 'User.Read.All'? "
        "Application roles: Mail.Send, User.Read.All.\n\n"
        f"'Microsoft Graph' and {BY_ID} are one API, and its role 'Mail.Send' is granted twice. Remove one of the two."
    )


def test_an_api_that_several_grants_name_in_vain_is_reported_once() -> None:
    with pytest.raises(ImpossibleGrantsError) as refused:
        granted_apis([("Ordres", ["Read"]), ("Ordres", ["Write"])], FOUND)
    assert [type(error) for error in refused.value.errors] == [NoSuchApiError]
