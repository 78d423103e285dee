"""Whatever is asked of Graph and Resource Manager, in whatever order, the store stays consistent."""

import json
import uuid
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from rehearsal.azure import seed
from rehearsal.azure.clock import Clock
from rehearsal.azure.context import Context, Tenant
from rehearsal.azure.login import tokens
from rehearsal.azure.pipeline import Inbound, Pipeline
from rehearsal.azure.routes import ROUTES
from rehearsal.azure.store import Store
from tests.rehearsal.azure.conftest import PLAN, SITE, STORAGE_ACCOUNT
from tests.rehearsal.azure.stand_in import Document, role

BASE = "https://127.0.0.1:1"
IDS = [str(uuid.UUID(int=number, version=4)) for number in range(5)]
ROLES = [role(f"Things.{number}", id=str(uuid.UUID(int=100 + number, version=4))) for number in range(3)]
SOME_ROLES = st.lists(st.sampled_from(ROLES), max_size=3, unique_by=lambda item: item["id"])
DEFAULT_ROLE = "00000000-0000-0000-0000-000000000000"
ONE_OF_THEM = st.integers(0, 7)


class Entra(RuleBasedStateMachine):
    """Random lives of applications, service principals, assignments and sites. It starts with two APIs, each with a
    role that the other and a site's identity have.
    """

    @initialize()
    def start(self) -> None:
        tenant = Tenant(IDS[0], "contoso.onmicrosoft.com", "Contoso", IDS[1], "Rehearsal", IDS[2], IDS[3], IDS[4])
        self.context = Context(Store(), Clock(), tenant, BASE, "http://127.0.0.1:2", "secret", "key")
        seed.seed(self.context, "secret")
        self.pipeline = Pipeline(self.context, ROUTES)
        deployer = self.context.store.get("servicePrincipal", IDS[4])
        assert deployer is not None
        self.tokens = {
            service: tokens.issue(self.context, deployer, resource, credential="1", life=10**9).value
            for service, resource in (
                ("graph", "https://graph.microsoft.com"),
                ("arm", "https://management.azure.com/"),
            )
        }
        self.group = f"/subscriptions/{IDS[1]}/resourceGroups/rg"
        self.applications: list[Document] = []
        self.principals: list[str] = []
        self.assignments: list[tuple[str, str]] = []
        self.make_group()
        self.put_site(identity=True)
        for _ in range(2):
            self.create_application(ROLES)
            self.create_principal(-1)
        for resource in range(2):
            self.assign(1 - resource, resource, ROLES[0])
            self.assign_to_site(resource, ROLES[1])

    def teardown(self) -> None:
        self.context.store.close()

    def ask(self, service: str, method: str, path: str, body: Any = None) -> Document:
        path, _, query = path.partition("?")
        content = b"" if body is None else json.dumps(body).encode()
        headers = {"authorization": f"Bearer {self.tokens[service]}"}
        answer = self.pipeline.answer(Inbound(method, path, query, headers, content, BASE))
        assert answer.status < 500, (method, path, body, answer)
        return {"status": answer.status, **(json.loads(answer.content) if answer.content else {})}

    def graph(self, method: str, path: str, body: Any = None) -> Document:
        return self.ask("graph", method, f"/v1.0{path}", body)

    def application(self, number: int) -> Document:
        return self.applications[number % len(self.applications)]

    def principal(self, number: int) -> str:
        return self.principals[number % len(self.principals)]

    @rule()
    def make_group(self) -> None:
        self.ask("arm", "PUT", f"{self.group}?api-version=2022-09-01", {"location": "westeurope"})
        for kind, version, body in (
            ("Microsoft.Storage/storageAccounts/stcaller", "2023-01-01", STORAGE_ACCOUNT),
            ("Microsoft.Web/serverfarms/plan", "2024-11-01", PLAN),
        ):
            self.ask("arm", "PUT", f"{self.group}/providers/{kind}?api-version={version}", body)

    @rule()
    def delete_group(self) -> None:
        self.ask("arm", "DELETE", f"{self.group}?api-version=2022-09-01")

    @rule(identity=st.booleans())
    def put_site(self, identity: bool) -> None:
        plan = {"serverFarmId": f"{self.group}/providers/Microsoft.Web/serverfarms/plan"}
        kind = "SystemAssigned" if identity else "None"
        body = {**SITE, "identity": {"type": kind}, "properties": {**SITE["properties"], **plan}}
        self.ask("arm", "PUT", f"{self.group}/providers/Microsoft.Web/sites/func?api-version=2024-11-01", body)

    @rule()
    def delete_site(self) -> None:
        self.ask("arm", "DELETE", f"{self.group}/providers/Microsoft.Web/sites/func?api-version=2024-11-01")

    @rule(roles=SOME_ROLES)
    def create_application(self, roles: list[Document]) -> None:
        made = self.graph("POST", "/applications", {"displayName": "application", "appRoles": roles})
        assert made["status"] == 201
        self.applications.append(made)

    @rule(number=ONE_OF_THEM)
    def create_principal(self, number: int) -> None:
        made = self.graph("POST", "/servicePrincipals", {"appId": self.application(number)["appId"]})
        if made["status"] == 201:
            self.principals.append(made["id"])

    @rule(number=ONE_OF_THEM, enabled=st.booleans())
    def switch_roles(self, number: int, enabled: bool) -> None:
        application = self.graph("GET", f"/applications/{self.application(number)['id']}")
        switched = [{**item, "isEnabled": enabled} for item in application.get("appRoles", [])]
        self.graph("PATCH", f"/applications/{self.application(number)['id']}", {"appRoles": switched})

    @rule(number=ONE_OF_THEM, roles=SOME_ROLES)
    def change_roles(self, number: int, roles: list[Document]) -> None:
        self.graph("PATCH", f"/applications/{self.application(number)['id']}", {"appRoles": roles})

    @rule(number=ONE_OF_THEM, name=st.sampled_from(["one", "two"]))
    def change_uri(self, number: int, name: str) -> None:
        change = {"identifierUris": [f"api://{IDS[0]}/{name}"]}
        self.graph("PATCH", f"/applications/{self.application(number)['id']}", change)

    @rule(number=ONE_OF_THEM, owner=ONE_OF_THEM)
    def add_owner(self, number: int, owner: int) -> None:
        reference = {"@odata.id": f"{BASE}/v1.0/directoryObjects/{self.principal(owner)}"}
        self.graph("POST", f"/applications/{self.application(number)['id']}/owners/$ref", reference)

    @rule(principal=ONE_OF_THEM, resource=ONE_OF_THEM, wanted=st.sampled_from(ROLES))
    def assign(self, principal: int, resource: int, wanted: Document) -> None:
        api = self.principal(resource)
        body = {"principalId": self.principal(principal), "resourceId": api, "appRoleId": wanted["id"]}
        made = self.graph("POST", f"/servicePrincipals/{api}/appRoleAssignedTo", body)
        if made["status"] == 201:
            self.assignments.append((api, made["id"]))

    @rule(resource=ONE_OF_THEM, wanted=st.sampled_from(ROLES))
    def assign_to_site(self, resource: int, wanted: Document) -> None:
        for identity in self.managed_identities():
            body = {"principalId": identity["id"], "resourceId": self.principal(resource), "appRoleId": wanted["id"]}
            self.graph("POST", f"/servicePrincipals/{identity['id']}/appRoleAssignments", body)

    @rule(number=ONE_OF_THEM)
    def take_away(self, number: int) -> None:
        if self.assignments:
            resource, assignment = self.assignments[number % len(self.assignments)]
            self.graph("DELETE", f"/servicePrincipals/{resource}/appRoleAssignedTo/{assignment}")

    @rule(number=ONE_OF_THEM)
    def delete_principal(self, number: int) -> None:
        self.graph("DELETE", f"/servicePrincipals/{self.principal(number)}")

    @rule(number=ONE_OF_THEM)
    def delete_application(self, number: int) -> None:
        self.graph("DELETE", f"/applications/{self.application(number)['id']}")

    @rule(number=ONE_OF_THEM)
    def restore_application(self, number: int) -> None:
        self.graph("POST", f"/directory/deletedItems/{self.application(number)['id']}/restore")

    @rule(number=ONE_OF_THEM)
    def restore_principal(self, number: int) -> None:
        self.graph("POST", f"/directory/deletedItems/{self.principal(number)}/restore")

    @rule(number=ONE_OF_THEM)
    def purge_application(self, number: int) -> None:
        self.graph("DELETE", f"/directory/deletedItems/{self.application(number)['id']}")

    @rule(number=ONE_OF_THEM, roles=SOME_ROLES)
    def replace_roles_as_clients_do(self, number: int, roles: list[Document]) -> None:
        self.switch_roles(number, enabled=False)
        self.change_roles(number, roles)

    @rule(first=ONE_OF_THEM, second=ONE_OF_THEM)
    def delete_both_ends_and_restore_one(self, first: int, second: int) -> None:
        self.delete_principal(first)
        self.delete_principal(second)
        self.restore_principal(first)

    @rule(number=ONE_OF_THEM)
    def restore_a_principal_that_has_a_successor(self, number: int) -> None:
        self.delete_principal(number)
        for application in range(len(self.applications)):
            self.create_principal(application)
        self.restore_principal(number)

    @rule(number=ONE_OF_THEM, owner=ONE_OF_THEM)
    def own_and_leave(self, number: int, owner: int) -> None:
        self.add_owner(number, owner)
        self.delete_principal(owner)

    @rule(days=st.integers(1, 31))
    def wait(self, days: int) -> None:
        self.context.clock.advance(days * 86_400)

    def managed_identities(self) -> list[Document]:
        return self.context.store.find("servicePrincipal", servicePrincipalType="ManagedIdentity")

    @invariant()
    def every_assignment_has_both_ends_and_its_role(self) -> None:
        principals = {document["id"]: document for document in self.context.store.all("servicePrincipal")}
        for assignment in self.context.store.all("appRoleAssignment"):
            assert assignment["principalId"] in principals
            resource = principals[assignment["resourceId"]]
            assert assignment["appRoleId"] in [DEFAULT_ROLE, *(item["id"] for item in resource["appRoles"])]

    @invariant()
    def application_ids_and_identifier_uris_are_unique(self) -> None:
        store = self.context.store
        applications = store.all("application") + store.all("deletedApplication")
        for values in (
            [document["appId"] for document in applications],
            [document["appId"] for document in store.all("servicePrincipal")],
            [uri for document in applications for uri in document["identifierUris"]],
            [document["id"] for document in applications + store.all("servicePrincipal")],
        ):
            assert len(set(values)) == len(values)

    @invariant()
    def service_principals_mirror_applications_that_exist(self) -> None:
        applications = {document["appId"]: document for document in self.context.store.all("application")}
        for principal in self.context.store.all("servicePrincipal"):
            if principal["servicePrincipalType"] == "Application" and not principal.get("published"):
                application = applications[principal["appId"]]
                assert principal["appRoles"] == application["appRoles"]
                assert principal["servicePrincipalNames"] == [application["appId"], *application["identifierUris"]]

    @invariant()
    def every_managed_identity_belongs_to_one_site_that_exists(self) -> None:
        sites = [item for item in self.context.store.all("armResource") if item["type"] == "Microsoft.Web/sites"]
        identities = [site["identity"]["principalId"] for site in sites if site.get("identity")]
        assert sorted(identities) == sorted(principal["id"] for principal in self.managed_identities())

    @invariant()
    def owners_exist(self) -> None:
        store = self.context.store
        known = {document["id"] for kind in ("application", "servicePrincipal") for document in store.all(kind)}
        for kind in ("application", "servicePrincipal"):
            for document in store.all(kind):
                assert set(document["owners"]) <= known


TestEntra = Entra.TestCase
TestEntra.settings = settings(
    max_examples=60, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
