"""What the report says of each kind of change, as a reviewer reads it."""

from __future__ import annotations

import pytest

from access.report import wording
from access.report.quoting import in_text
from access.report.report import Line, Report
from access.report.resource import UNKNOWN
from tests.access.sketch import (
    APP_ROLE_ASSIGNMENT_READ_WRITE_ALL,
    GROUP_READ_ALL,
    OWNER,
    READER,
    SERVICE_PRINCIPAL,
    SITE,
    STORAGE_ACCOUNT,
    SUBSCRIPTION,
    USER_READ_ALL,
    Sketch,
    api,
    app_role,
    azure_role,
    changed,
    principal_id,
    record,
    site,
    unknown,
    urn,
)

CALLER = site("caller")
GRANT = app_role("grant", CALLER, USER_READ_ALL)
ROLE = "68672307-9df6-550a-86c7-7785b5e38140"


def row(line: Line) -> tuple[str, str, str, str, str]:
    return (
        wording.change(line),
        in_text(wording.identity(line)),
        in_text(wording.role(line)),
        in_text(wording.target(line)),
        wording.risk(line),
    )


def rows(report: Report) -> list[tuple[str, str, str, str, str]]:
    return [row(line) for line in report.lines]


def losses(report: Report) -> list[str]:
    return [" ".join(map(in_text, wording.loss(loss))) for loss in report.losses]


def test_what_the_preview_does_not_mention_is_kept() -> None:
    assert row(Sketch().has(CALLER, GRANT).line()) == ("kept", "caller", "User.Read.All", "Microsoft Graph", "read")


def test_a_preview_that_lists_what_stays_the_same_says_no_more_than_one_that_does_not() -> None:
    listed = Sketch().has(CALLER, GRANT).leaves(CALLER).leaves(GRANT)
    assert rows(listed.report()) == rows(Sketch().has(CALLER, GRANT).report())


def test_a_new_assignment_is_granted_and_a_deleted_one_revoked() -> None:
    new = app_role("new", CALLER, GROUP_READ_ALL)
    report = Sketch().has(CALLER, GRANT).creates(new).deletes(GRANT).report()
    assert rows(report) == [
        ("revoked", "caller", "User.Read.All", "Microsoft Graph", "read"),
        ("granted", "caller", "Group.Read.All", "Microsoft Graph", "read"),
    ]
    assert not report.losses


def test_a_replacement_that_an_update_of_the_site_only_makes_unknown_is_no_change() -> None:
    updated = changed(CALLER, httpsOnly=True)
    report = (
        Sketch()
        .has(CALLER, GRANT)
        .updates(CALLER, updated)
        .replaces(GRANT, unknown(GRANT, "principalObjectId"), "principalObjectId")
        .report()
    )
    assert [line[0] for line in rows(report)] == ["kept (shown as replaced)"]
    assert not report.losses
    assert not report.dangerous
    assert list(map(in_text, wording.only_unknown(report))) == [
        (
            "caller is updated in place. A preview does not know what such an update gives back, so 1 permission that "
            "takes an id from it is shown as replaced. `up` finds the id unchanged and replaces nothing."
        )
    ]


def test_a_replaced_site_loses_its_identity_and_the_new_one_is_granted_the_same() -> None:
    report = (
        Sketch()
        .has(CALLER, GRANT)
        .replaces(CALLER, changed(CALLER, name="caller-2"), "name")
        .replaces(GRANT, unknown(GRANT, "principalObjectId"), "principalObjectId")
        .report()
    )
    assert [line[:2] for line in rows(report)] == [("re-granted to a new identity", "caller → caller-2")]
    assert losses(report) == [
        (
            "Identity would be lost: caller (system-assigned identity of a WebApp, "
            "10000000-0000-4000-8000-000000000001) is replaced because name changes. 1 permission would go with it. "
            "It is granted again to the new identity. "
            "What was granted to it outside this stack goes too, and does not come back."
        )
    ]


def test_a_site_under_another_name_in_the_program_is_another_identity_too() -> None:
    successor = site("successor", 2)
    moved = app_role("grant", successor, USER_READ_ALL)
    report = (
        Sketch()
        .has(CALLER, GRANT)
        .creates(successor)
        .replaces(GRANT, unknown(moved, "principalObjectId"), "principalObjectId")
        .deletes(CALLER)
        .report()
    )
    assert [line[:2] for line in rows(report)] == [("re-granted to a new identity", "caller → successor")]
    assert report.losses[0].regranted == 1


def test_a_grant_that_goes_to_another_identity_is_revoked_from_one_and_granted_to_the_other() -> None:
    other = site("other", 2)
    moved = app_role("grant", other, USER_READ_ALL)
    report = Sketch().has(CALLER, other, GRANT).replaces(GRANT, moved, "principalObjectId").report()
    assert [line[:2] for line in rows(report)] == [("revoked", "caller"), ("granted", "other")]


def test_a_lost_identity_takes_along_what_the_program_still_grants_to_its_id() -> None:
    by_id = app_role("by-id", principal_id(1), USER_READ_ALL)
    report = Sketch().has(CALLER, by_id).deletes(CALLER).report()
    assert [line[0] for line in rows(report)] == ["revoked (goes with the identity)"]
    assert report.losses[0].held == 1


def test_an_identity_that_is_switched_off_is_lost_though_its_site_stays() -> None:
    off = changed(CALLER, identity={"type": "None"})
    report = (
        Sketch()
        .has(CALLER, GRANT)
        .updates(CALLER, off)
        .replaces(GRANT, unknown(GRANT, "principalObjectId"), "principalObjectId")
        .report()
    )
    assert [line[0] for line in rows(report)] == ["revoked (goes with the identity)"]
    assert "caller (system-assigned identity of a WebApp, " in losses(report)[0]
    assert "has its system-assigned identity switched off. 1 permission would go with it." in losses(report)[0]


@pytest.mark.parametrize("identity", [UNKNOWN, {"type": UNKNOWN}])
def test_an_identity_of_which_the_preview_does_not_know_whether_it_stays_is_left_open(identity: object) -> None:
    report = Sketch().has(CALLER, GRANT).updates(CALLER, changed(CALLER, identity=identity)).report()
    assert [line[0] for line in rows(report)] == ["undecided"]
    assert report.dangerous
    assert losses(report)[0].startswith("Identity may be lost: caller ")
    assert list(map(in_text, wording.undecided(report))) == [
        "caller leaves it open whether 1 permission is kept: only `up` will tell."
    ]


def test_a_site_that_is_replaced_only_if_something_unknown_differs_may_be_lost() -> None:
    group = record("azure-native:resources:ResourceGroup", "rg", "/subscriptions/s/resourceGroups/rg", {"tags": {}})
    caller = {**CALLER, "propertyDependencies": {"resourceGroupName": [group["urn"]]}}
    report = (
        Sketch()
        .has(group, caller, GRANT)
        .updates(group, changed(group, tags={"a": "b"}))
        .replaces(caller, unknown(caller, "resourceGroupName"), "resourceGroupName")
        .replaces(GRANT, unknown(GRANT, "principalObjectId"), "principalObjectId")
        .report()
    )
    assert [line[0] for line in rows(report)] == ["undecided"]
    assert "is replaced only if resourceGroupName changes, which the preview does not know." in losses(report)[0]


def test_a_replacement_that_was_asked_for_is_one() -> None:
    report = Sketch().has(CALLER, GRANT).replaces(CALLER, unknown(CALLER)).report()
    assert "is replaced. 1 permission would go with it." in losses(report)[0]


def test_a_grant_that_is_replaced_for_another_reason_keeps_its_permission() -> None:
    caller, grant = site("caller"), azure_role("grant", CALLER, READER, SUBSCRIPTION, roleAssignmentName="a")
    report = Sketch().has(caller, grant).replaces(grant, changed(grant, roleAssignmentName="b"), "x").report()
    assert [line[0] for line in rows(report)] == ["kept (deleted and created again)"]


def test_a_role_that_only_up_will_know_is_left_open() -> None:
    report = Sketch().has(CALLER, GRANT).replaces(GRANT, unknown(GRANT, "appRoleId"), "appRoleId").report()
    assert [line[0:3] for line in rows(report)] == [
        ("undecided (the new role is not known before `up`)", "caller", "User.Read.All")
    ]
    assert list(map(in_text, wording.undecided(report))) == [
        "A value that is not known yet leaves it open whether 1 permission is kept: only `up` will tell."
    ]


def test_another_role_in_the_same_grant_is_one_revoked_and_one_granted() -> None:
    report = Sketch().has(CALLER, GRANT).replaces(GRANT, changed(GRANT, appRoleId=GROUP_READ_ALL), "appRoleId").report()
    assert [line[0::2] for line in rows(report)] == [
        ("revoked", "User.Read.All", "read"),
        ("granted", "Group.Read.All", "read"),
    ]


def test_an_api_that_goes_takes_along_what_is_held_on_it() -> None:
    application, principal = api("things", {"Things.Read.All": ROLE})
    by_id = app_role("by-id", CALLER, ROLE, principal_id(900))
    report = Sketch().has(application, principal, CALLER, by_id).deletes(principal).deletes(application).report()
    assert rows(report) == [("revoked (goes with the API)", "caller", "Things.Read.All", "things (this stack)", "read")]
    assert losses(report) == [
        (
            "API would be lost: things (service principal, 10000000-0000-4000-8000-000000000900) is deleted. "
            "1 permission of this stack on it would go with it. "
            "Whatever others hold on it goes too, and does not come back."
        )
    ]


def test_a_new_registration_of_the_api_is_granted_on_anew() -> None:
    application, principal = api("things", {"Things.Read.All": ROLE})
    grant = app_role("grant", CALLER, ROLE, principal)
    report = (
        Sketch()
        .has(application, principal, CALLER, grant)
        .replaces(application, changed(application, signInAudience="x"), "signInAudience")
        .replaces(principal, unknown(principal, "clientId"), "clientId")
        .replaces(grant, unknown(grant, "resourceObjectId"), "resourceObjectId")
        .report()
    )
    assert [line[0] for line in rows(report)] == ["re-granted on a new registration of the API"]
    assert "is replaced because clientId comes from things-application, which is replaced too." in losses(report)[0]


def test_a_grant_that_stays_in_azure_when_the_stack_lets_go_of_it_is_not_revoked() -> None:
    grant = {**GRANT, "retainOnDelete": True}
    assert row(Sketch().has(CALLER, grant).deletes(grant).line())[0] == "kept (left in Azure, no longer managed)"


def test_an_imported_grant_exists_already() -> None:
    assert row(Sketch().has(CALLER).imports(GRANT).line())[0] == "kept (exists already, now managed)"


def test_a_grant_that_somebody_took_away_by_hand_is_granted_again() -> None:
    assert row(Sketch().has(CALLER, GRANT).refreshes(GRANT, None).creates(GRANT).line())[0] == "granted"


def test_a_refresh_that_finds_a_grant_leaves_it() -> None:
    assert row(Sketch().has(CALLER, GRANT).refreshes(GRANT, GRANT).line())[0] == "kept"


def test_what_an_interrupted_update_has_deleted_already_is_not_there() -> None:
    assert Sketch().has(CALLER, {**GRANT, "delete": True}).report().lines == ()
    half = {**GRANT, "pendingReplacement": True}
    assert row(Sketch().has(CALLER, half).replaces(half, GRANT).line())[0] == "granted"


def test_a_resource_that_is_only_read_grants_nothing() -> None:
    assert Sketch().has(CALLER, {**GRANT, "external": True}).report().lines == ()


def test_steps_of_a_replacement_that_are_listed_one_by_one_change_nothing() -> None:
    sketch = Sketch().has(CALLER, GRANT).replaces(GRANT, unknown(GRANT, "principalObjectId"), "principalObjectId")
    alone = rows(sketch.report())
    replace = sketch.steps[0]
    sketch.steps += [{**replace, "op": "create-replacement"}, {"op": "delete-replaced", "urn": GRANT["urn"]}]
    assert rows(sketch.report()) == alone


def test_a_role_assignment_of_azure_is_a_permission_too() -> None:
    account = record(STORAGE_ACCOUNT, "account", f"{SUBSCRIPTION}/x/storageAccounts/a", {"accountName": "keylessdev"})
    report = (
        Sketch()
        .has(CALLER, account)
        .creates(azure_role("on-account", CALLER, READER, account))
        .creates(azure_role("on-group", CALLER, READER, f"{SUBSCRIPTION}/resourceGroups/Shared"))
        .creates(azure_role("on-all", CALLER, OWNER, SUBSCRIPTION))
        .creates(azure_role("custom", CALLER, "11111111-0000-4000-8000-000000000000", "/"))
        .report()
    )
    assert rows(report) == [
        (
            "granted",
            "caller",
            "Owner",
            "subscriptions/50000000-0000-4000-8000-000000000002",
            "takeover by assigning itself any role there",
        ),
        ("granted", "caller", "11111111-0000-4000-8000-000000000000", "the whole tenant", "unknown"),
        ("granted", "caller", "Reader", "StorageAccount keylessdev (this stack)", "read"),
        ("granted", "caller", "Reader", "resourceGroups/Shared", "read"),
    ]


def test_a_condition_and_its_change_are_shown() -> None:
    conditional = azure_role("a", CALLER, OWNER, SUBSCRIPTION, condition="@Resource[...]")
    report = Sketch().has(CALLER, conditional).updates(conditional, changed(conditional, condition=None)).report()
    assert [line[0:3:2] for line in rows(report)] == [("kept (its condition changes)", "Owner")]
    assert report.dangerous
    assert rows(Sketch().has(CALLER, conditional).report())[0][2] == "Owner (under a condition)"


def test_a_role_assignment_that_is_given_another_role_in_place_is_two_lines() -> None:
    old, new = azure_role("a", CALLER, READER, SUBSCRIPTION), azure_role("a", CALLER, OWNER, SUBSCRIPTION)
    assert [line[0:3:2] for line in rows(Sketch().has(CALLER, old).updates(old, new).report())] == [
        ("revoked", "Reader"),
        ("granted", "Owner"),
    ]


def test_a_role_that_takes_over_the_tenant_is_rated_by_its_id_whatever_the_program_calls_it() -> None:
    application, principal = api("things", {"Things.Read.All": APP_ROLE_ASSIGNMENT_READ_WRITE_ALL})
    grant = app_role("grant", CALLER, APP_ROLE_ASSIGNMENT_READ_WRITE_ALL, principal)
    report = Sketch().has(application, principal, CALLER).creates(grant).report()
    assert [line[2:] for line in rows(report)] == [
        ("Things.Read.All", "things (this stack)", "takeover by granting itself any app role")
    ]
    assert report.dangerous
    assert list(map(in_text, map(wording.takeover, report.takeovers))) == [
        (
            "Takeover: caller would be granted Things.Read.All on things, which takes over the tenant by granting "
            "itself any app role."
        )
    ]


def test_a_takeover_role_that_somebody_has_already_is_not_held_against_the_change() -> None:
    grant = app_role("grant", CALLER, APP_ROLE_ASSIGNMENT_READ_WRITE_ALL)
    assert not Sketch().has(CALLER, grant).report().dangerous


def test_a_versioned_type_of_azure_native_is_the_same_type() -> None:
    versioned = {**CALLER, "urn": urn("azure-native:web/v20240401:WebApp", "caller")}
    report = Sketch().has(versioned, app_role("grant", versioned, USER_READ_ALL)).deletes(versioned).report()
    assert losses(report)[0].startswith("Identity would be lost: caller (system-assigned identity of a WebApp, ")


def test_a_resource_inside_components_is_found_by_its_own_type() -> None:
    inside = {**CALLER, "urn": urn(f"keyless:compute:FunctionApp${SITE}", "caller")}
    assert row(Sketch().has(inside, app_role("grant", inside, USER_READ_ALL)).line())[1] == "caller"


def test_ids_are_compared_as_azure_compares_them() -> None:
    by_id = app_role("by-id", principal_id(1).upper(), USER_READ_ALL.upper())
    assert row(Sketch().has(CALLER, by_id).line())[1:3] == ("caller", "User.Read.All")


def test_two_identities_of_one_name_are_told_apart() -> None:
    twins = [
        record(SERVICE_PRINCIPAL, name, f"/servicePrincipals/{name}", {}, {"objectId": name, "displayName": "caller"})
        for name in ("first", "second")
    ]
    grants = [app_role(f"{twin['id']}-grant", twin, USER_READ_ALL) for twin in twins]
    report = Sketch().has(*twins, *grants).report()
    assert [line[1] for line in rows(report)] == ["caller (first)", "caller (second)"]


def test_what_has_no_name_is_shown_by_its_id() -> None:
    stranger, role, foreign = (f"{digit * 8}-0000-4000-8000-000000000000" for digit in "abc")
    assert row(Sketch().has(app_role("grant", stranger, role, foreign)).line()) == (
        "kept",
        stranger,
        role,
        foreign,
        "unknown",
    )


def test_an_assignment_without_a_role_is_called_what_the_portal_calls_it() -> None:
    grant = app_role("grant", CALLER, "00000000-0000-0000-0000-000000000000")
    assert row(Sketch().has(CALLER, grant).line())[2:] == ("default access (no role)", "Microsoft Graph", "unknown")


def test_changes_that_give_access_in_other_ways_are_named() -> None:
    kind = "azuread:index/directoryRoleAssignment:DirectoryRoleAssignment"
    kept = record(kind, "kept", "a")
    report = Sketch().has(kept).creates(record(kind, "admin")).report()
    assert list(map(in_text, map(wording.unread, report.unread))) == [f"create: admin ({kind})"]
    assert wording.summary(report) == "This stack grants no permission that this report reads."


def test_a_user_assigned_identity_is_an_identity_of_its_own() -> None:
    kind = "azure-native:managedidentity:UserAssignedIdentity"
    shared = record(
        kind, "shared", f"{SUBSCRIPTION}/x/shared", {"resourceName": "shared-dev"}, {"principalId": principal_id(5)}
    )
    by_id = app_role("grant", principal_id(5), USER_READ_ALL)
    report = Sketch().has(shared, by_id).deletes(shared).report()
    assert [line[:2] for line in rows(report)] == [("revoked (goes with the identity)", "shared-dev")]
    assert losses(report)[0].startswith("Identity would be lost: shared-dev (user-assigned identity, ")


def test_a_grant_that_is_made_again_for_the_id_of_a_lost_identity_is_lost_all_the_same() -> None:
    by_id = azure_role("by-id", principal_id(1), READER, SUBSCRIPTION, roleAssignmentName="a")
    remade = changed(by_id, roleAssignmentName="b")
    report = Sketch().has(CALLER, by_id).deletes(CALLER).replaces(by_id, remade, "roleAssignmentName").report()
    assert [line[0] for line in rows(report)] == ["revoked (goes with the identity)"]


def test_only_some_permissions_of_a_lost_identity_may_be_granted_again() -> None:
    other = app_role("other", CALLER, GROUP_READ_ALL)
    report = (
        Sketch()
        .has(CALLER, GRANT, other)
        .replaces(CALLER, changed(CALLER, name="caller-2"), "name")
        .replaces(GRANT, unknown(GRANT, "principalObjectId"), "principalObjectId")
        .deletes(other)
        .report()
    )
    assert "2 permissions would go with it. 1 of them is granted again to the new identity." in losses(report)[0]


def test_a_source_that_the_preview_lists_later_leaves_it_open() -> None:
    application, principal = api("things", {})
    report = (
        Sketch()
        .has(application, principal)
        .replaces(principal, unknown(principal, "clientId"), "clientId")
        .replaces(application, changed(application, signInAudience="x"), "signInAudience")
        .report()
    )
    assert [loss.certain for loss in report.losses] == [False]


@pytest.mark.parametrize("hidden", ["[secret]", {"4dabf18193072939515e22adb298388d": "1b47", "ciphertext": "v1:x"}])
def test_an_id_that_is_kept_secret_is_not_shown(hidden: object) -> None:
    report = Sketch().has(changed(app_role("by-id", "x", USER_READ_ALL), principalObjectId=hidden)).report()
    assert [line[1] for line in rows(report)] == ["not known before `up`"]
