"""Deleted applications and service principals: kept, restored, gone for good."""

import pytest

from tests.rehearsal.azure.stand_in import Application, StandIn, code, role


def deleted(stand_in: StandIn, kind: str = "application") -> list[str]:
    path = f"/v1.0/directory/deletedItems/microsoft.graph.{kind}"
    return [item["id"] for item in stand_in.made("GET", path, status=200)["value"]]


def deleted_api(stand_in: StandIn) -> tuple[Application, Application]:
    """An API, deleted while a caller had a role of it, and the caller."""
    read = role()
    api, caller = stand_in.api(read), stand_in.application()
    assert stand_in.assign(caller.principal_id, api.principal_id, read["id"]).status_code == 201
    stand_in.made("DELETE", api.path(), status=204)
    return api, caller


def test_deleting_an_application_deletes_its_service_principal_and_assignments(stand_in: StandIn) -> None:
    api, caller = deleted_api(stand_in)
    assert stand_in.graph.get(api.path()).status_code == 404
    assert stand_in.graph.get(api.principal_path()).status_code == 404
    assert stand_in.made("GET", caller.principal_path("/appRoleAssignments"), status=200)["value"] == []
    assert deleted(stand_in) == [api.id]
    assert deleted(stand_in, "servicePrincipal") == [api.principal_id]
    item = stand_in.made("GET", f"/v1.0/directory/deletedItems/{api.id}", status=200)
    assert item["@odata.type"] == "#microsoft.graph.application"
    assert item["deletedDateTime"]


def test_a_restored_application_comes_back_without_its_service_principal(stand_in: StandIn) -> None:
    api, _ = deleted_api(stand_in)
    stand_in.made("POST", f"/v1.0/directory/deletedItems/{api.id}/restore", status=200)
    assert api.read()["identifierUris"] == [api.uri]
    assert api.read()["deletedDateTime"] is None
    assert stand_in.graph.get(api.principal_path()).status_code == 404


def test_a_restored_service_principal_comes_back_with_its_assignments(stand_in: StandIn) -> None:
    api, caller = deleted_api(stand_in)
    for item in (api.id, api.principal_id):
        stand_in.made("POST", f"/v1.0/directory/deletedItems/{item}/restore", status=200)
    assert caller.claims(api.scope)["roles"] == ["Things.Read.All"]
    assert deleted(stand_in) == deleted(stand_in, "servicePrincipal") == []


def test_a_service_principal_without_its_application_cannot_come_back(stand_in: StandIn) -> None:
    api, _ = deleted_api(stand_in)
    answer = stand_in.graph.post(f"/v1.0/directory/deletedItems/{api.principal_id}/restore")
    assert answer.status_code == 400
    assert "does not reference a valid application object" in answer.text


def test_a_service_principal_with_a_successor_cannot_come_back(stand_in: StandIn) -> None:
    application = stand_in.application()
    stand_in.made("DELETE", application.principal_path(), status=204)
    stand_in.made("POST", "/v1.0/servicePrincipals", {"appId": application.app_id})
    answer = stand_in.graph.post(f"/v1.0/directory/deletedItems/{application.principal_id}/restore")
    assert (answer.status_code, code(answer)) == (409, "Request_MultipleObjectsWithSameKeyValue")


@pytest.mark.parametrize("ask_again", ["GET", "DELETE"])
def test_a_purged_application_is_gone_for_good(stand_in: StandIn, ask_again: str) -> None:
    api, _ = deleted_api(stand_in)
    stand_in.made("DELETE", f"/v1.0/directory/deletedItems/{api.id}", status=204)
    assert stand_in.graph.request(ask_again, f"/v1.0/directory/deletedItems/{api.id}").status_code == 404
    assert deleted(stand_in) == []


def test_what_is_deleted_is_gone_after_thirty_days(stand_in: StandIn) -> None:
    api, _ = deleted_api(stand_in)
    stand_in.control.post("/_rehearsal/clock", json={"advance": 30 * 86_400 - 3600})
    later = StandIn(stand_in.endpoint)
    assert deleted(later) == [api.id]
    stand_in.control.post("/_rehearsal/clock", json={"advance": 3600})
    last = StandIn(stand_in.endpoint)
    assert deleted(last) == []
    later.close()
    last.close()
