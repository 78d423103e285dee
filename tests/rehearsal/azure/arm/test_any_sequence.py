"""Whatever is asked in whatever order: what the subscription holds stays consistent, and nothing fails inside."""

import uuid
from collections import Counter
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from rehearsal.azure.arm import inventory, resource_ids
from rehearsal.azure.weather import Latency, Weather
from tests.rehearsal.azure.arm.clients import account_body, site_body
from tests.rehearsal.azure.arm.in_process import Answer, InProcess

GROUPS = st.sampled_from(["one", "Two"])
ACCOUNTS = st.sampled_from(["sta", "stb"])
PLANS = st.sampled_from(["plan", "Plan", "other"])
SITES = st.sampled_from(["func-a", "FUNC-A", "func-b"])
REGIONS = st.sampled_from(["westeurope", "West Europe", "northeurope", "atlantis"])
SKUS = st.sampled_from(["FC1", "B1", "Y1"])
IDENTITIES = st.sampled_from([{"type": "SystemAssigned"}, {"type": "None"}, {}])
SCOPES = st.sampled_from(["", "/resourceGroups/one", "/resourceGroups/two", "account", "site"])
ROLES = st.sampled_from(["acdd72a7-3385-48ef-bd42-f606fba81ae7", "b7e6dc6d-f1e8-4753-8033-0f276bb0955b"])
NAMES = st.sampled_from([str(uuid.UUID(int=number)) for number in range(3)])


class Subscription(RuleBasedStateMachine):
    """Resource Manager under a random but plausible deployer, in weather in which deletions take time."""

    def __init__(self) -> None:
        super().__init__()
        self.azure = InProcess(Weather(latency=Latency.AZURE))
        self.context = self.azure.context

    def teardown(self) -> None:
        self.azure.close()

    def send(self, method: str, path: str, body: Any = None, version: str = "2025-05-01", **query: str) -> Answer:
        answer = self.azure.send(method, path, body, version=version, **query)
        assert answer.status < 500, answer.body
        if answer.status >= 400:
            assert "error" in answer.body or {"Code", "Message", "Details"} <= set(answer.body)
        return answer

    @rule(group=GROUPS, region=REGIONS)
    def put_group(self, group: str, region: str) -> None:
        self.send("PUT", f"/resourceGroups/{group}", {"location": region}, "2025-04-01")

    @rule(group=GROUPS)
    def delete_group(self, group: str) -> None:
        self.send("DELETE", f"/resourcegroups/{group}", version="2025-04-01")

    @rule(group=GROUPS, account=ACCOUNTS, region=REGIONS)
    def put_account(self, group: str, account: str, region: str) -> None:
        path = f"/resourceGroups/{group}/providers/Microsoft.Storage/storageAccounts/{account}"
        self.send("PUT", path, {**account_body(), "location": region}, "2024-01-01")

    @rule(group=GROUPS, account=ACCOUNTS)
    def delete_account(self, group: str, account: str) -> None:
        path = f"/resourceGroups/{group}/providers/Microsoft.Storage/storageAccounts/{account}"
        self.send("DELETE", path, version="2024-01-01")

    @rule(group=GROUPS, account=ACCOUNTS, method=st.sampled_from(["PUT", "GET", "DELETE"]))
    def container(self, group: str, account: str, method: str) -> None:
        account_path = f"/resourceGroups/{group}/providers/Microsoft.Storage/storageAccounts/{account}"
        body: Any = {} if method == "PUT" else None
        self.send(method, f"{account_path}/blobServices/default/containers/things", body, "2024-01-01")

    @rule(group=GROUPS, plan=PLANS, sku=SKUS, reserved=st.booleans())
    def put_plan(self, group: str, plan: str, sku: str, reserved: bool) -> None:
        body = {"location": "westeurope", "sku": {"name": sku}, "properties": {"reserved": reserved}}
        self.send("PUT", f"/resourceGroups/{group}/providers/Microsoft.Web/serverfarms/{plan}", body)

    @rule(group=GROUPS, plan=PLANS)
    def delete_plan(self, group: str, plan: str) -> None:
        self.send("DELETE", f"/resourceGroups/{group}/providers/Microsoft.Web/serverfarms/{plan}")

    @rule(
        group=GROUPS,
        site=SITES,
        plan_group=GROUPS,
        plan=PLANS,
        identity=IDENTITIES,
        flex=st.booleans(),
        method=st.sampled_from(["PUT", "PATCH"]),
    )
    def write_site(
        self, group: str, site: str, plan_group: str, plan: str, identity: Any, flex: bool, method: str
    ) -> None:
        farm = f"{self.azure.subscription}/resourceGroups/{plan_group}/providers/Microsoft.Web/serverFarms/{plan}"
        body = {**site_body(farm), "identity": identity}
        if not flex:
            del body["properties"]["functionAppConfig"]
        self.send(method, f"/resourceGroups/{group}/providers/Microsoft.Web/sites/{site}", body)

    @rule(group=GROUPS, site=SITES, spare=st.sampled_from(["true", "false"]))
    def delete_site(self, group: str, site: str, spare: str) -> None:
        path = f"/resourceGroups/{group}/providers/Microsoft.Web/sites/{site}"
        self.send("DELETE", path, deleteEmptyServerFarm=spare)

    @rule(group=GROUPS, site=SITES, name=st.text(max_size=4), value=st.text(max_size=4))
    def put_settings(self, group: str, site: str, name: str, value: str) -> None:
        path = f"/resourceGroups/{group}/providers/Microsoft.Web/sites/{site}/config/appsettings"
        if self.send("PUT", path, {"properties": {name: value}}).status == 200:
            assert self.send("POST", f"{path}/list").body["properties"] == {name: value}

    @rule(scope=SCOPES, role=ROLES, name=NAMES, method=st.sampled_from(["PUT", "GET", "DELETE"]), own=st.booleans())
    def role_assignment(self, scope: str, role: str, name: str, method: str, own: bool) -> None:
        places = {
            "account": "/resourceGroups/one/providers/Microsoft.Storage/storageAccounts/sta",
            "site": "/resourceGroups/one/providers/Microsoft.Web/sites/func-a",
        }
        path = f"{places.get(scope, scope)}/providers/Microsoft.Authorization/roleAssignments/{name}"
        principals = [site["identity"]["principalId"] for site in self.sites() if site["identity"]]
        principal = principals[0] if own and principals else str(uuid.UUID(int=99))
        properties = {"roleDefinitionId": f"/providers/Microsoft.Authorization/roleDefinitions/{role}"}
        body = {"properties": {**properties, "principalId": principal, "principalType": "ServicePrincipal"}}
        self.send(method, path, body if method == "PUT" else None, "2022-04-01")

    @precondition(lambda self: any(self.context.store.all("armOperation")))
    @rule(seconds=st.sampled_from([1, 20, 61]))
    def wait(self, seconds: int) -> None:
        self.context.clock.advance(seconds)
        for operation in self.context.store.all("armOperation"):
            if "group" in operation:
                self.send("GET", f"/operationresults/{operation['name']}", version="2025-04-01")

    def sites(self) -> list[dict[str, Any]]:
        return inventory.of_type(self.context, "Microsoft.Web/sites")

    @invariant()
    def every_resource_has_what_it_lies_in(self) -> None:
        for document in self.context.store.all(inventory.RESOURCE):
            parts = document["id"].split("/")
            assert inventory.find(self.context, "/".join(parts[:5])) is not None
            if len(parts) > 9:
                assert inventory.find(self.context, "/".join(parts[:9])) is not None

    @invariant()
    def global_names_are_unique(self) -> None:
        for kind in ("Microsoft.Web/sites", "Microsoft.Storage/storageAccounts"):
            counted = Counter(document["name"].lower() for document in inventory.of_type(self.context, kind))
            assert all(number == 1 for number in counted.values())

    @invariant()
    def every_site_has_its_plan_and_no_flex_plan_has_two(self) -> None:
        for site in self.sites():
            plan = inventory.find(self.context, site["serverFarmId"])
            assert plan is not None
            flex = plan["sku"]["tier"] == "FlexConsumption"
            assert not flex or len(inventory.sites_on(self.context, plan["id"])) == 1
            assert not flex or site["functionAppConfig"] is not None

    @invariant()
    def principals_of_managed_identities_and_sites_are_the_same(self) -> None:
        principals = self.context.store.find("servicePrincipal", servicePrincipalType="ManagedIdentity")
        identities = [site["identity"]["principalId"] for site in self.sites() if site["identity"]]
        assert sorted(principal["id"] for principal in principals) == sorted(identities)

    @invariant()
    def every_role_assignment_has_its_scope_and_its_own_name(self) -> None:
        assignments = inventory.role_assignments(self.context)
        for assignment in assignments:
            subscription = resource_ids.key(assignment["scope"]) == resource_ids.key(self.azure.subscription)
            assert subscription or inventory.find(self.context, assignment["scope"]) is not None
        assert len({one["name"] for one in assignments}) == len(assignments)
        grants = {(one["scope"].lower(), one["roleId"], one["principalId"]) for one in assignments}
        assert len(grants) == len(assignments)


TestAnySequence = Subscription.TestCase
TestAnySequence.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
