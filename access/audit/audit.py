"""The comparison: every grant and every credential, declared or there, becomes one finding."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from access.audit.finding import Finding, Kind, Party, Standing, ordered
from access.audit.tenant import Tenant, credentials_of
from access.cloud.cloud import Cloud
from access.cloud.progress import Progress
from access.errors import AccessError
from access.report import permission
from access.report.resource import Resource, text
from access.roles.risk import Risk
from access.stack.stack import Declared, Identity, Stack, object_id
from access.urn import logical_name

_LEARNED_TOGETHER = 500


@dataclass(frozen=True)
class Audit:
    """What was found, what disagrees first."""

    findings: tuple[Finding, ...]
    tenant_id: str
    account: str

    def count(self, standing: Standing) -> int:
        """How many findings have a standing."""
        return sum(found.standing is standing for found in self.findings)

    @property
    def clean(self) -> bool:
        """Whether what is granted is what was declared."""
        return not any(found.drifts for found in self.findings)


def audit(cloud: Cloud, stack: Stack, progress: Progress, subscription: str | None = None) -> Audit:
    """Compares the tenant with the stack; `subscription` is looked at beside those of the stack's resources.

    Raises AccessError: also if the stack is of another tenant than the login.
    """
    account = cloud.sign_in.account(cloud.endpoints.graph_scope)
    if stack.tenant_id and stack.tenant_id != account.tenant_id:
        raise AccessError(
            f"The stack was deployed to tenant {stack.tenant_id}, and the login is of tenant {account.tenant_id}: "
            "nothing was compared. Sign in to the stack's tenant (`az login --tenant ...`, or ARM_TENANT_ID)."
        )
    subscriptions = dict.fromkeys([*stack.subscriptions, *([subscription.lower()] if subscription else [])])
    comparison = _Comparison(Tenant(cloud), stack, tuple(subscriptions), progress)
    return Audit(tuple(ordered(comparison.findings())), account.tenant_id, str(account))


class _Comparison:
    def __init__(self, tenant: Tenant, stack: Stack, subscriptions: tuple[str, ...], progress: Progress) -> None:
        self._tenant = tenant
        self._stack = stack
        self._subscriptions = subscriptions
        self._progress = progress
        self._declared: dict[str, Declared] = {_key(grant.id): grant for grant in stack.grants}
        self._seen: set[str] = set()

    def findings(self) -> Iterator[Finding]:
        stack, tenant = self._stack, self._tenant
        identities = {each.object_id: each for each in stack.identities}
        apis = {object_id(each): each for each in stack.apis}
        self._progress.say(f"Reading {len(identities)} identities and {len(apis)} APIs of the stack")
        tenant.learn([*identities, *apis])
        for identity in identities.values():
            yield from self._identity(identity)
        for api_id, resource in apis.items():
            yield from self._api(api_id, resource, identities)
        yield from self._registrations()
        yield from self._not_seen(identities)

    def _identity(self, identity: Identity) -> Iterator[Finding]:
        known = self._tenant.principal(identity.object_id)
        party = self._tenant.party(identity.object_id, logical_name(identity.urn))
        if known is None:
            yield Finding(Standing.MISSING, Kind.IDENTITY, party, party, "", urn=identity.urn)
        else:
            told = f"Reading the app roles of {party.name}"
            yield from self._app_roles(
                self._tenant.assignments_of(identity.object_id, told), {identity.object_id: identity}
            )
        # Azure keeps the assignments of a principal that is gone.
        told = f"Reading the Azure roles of {party.name}"
        for assignment in self._tenant.azure_assignments(self._subscriptions, identity.object_id, told):
            yield self._azure_role(assignment, party, identity)

    def _api(self, api_id: str, resource: Resource, identities: dict[str, Identity]) -> Iterator[Finding]:
        party = self._tenant.party(api_id, text(resource.output("displayName")) or resource.name.name)
        if self._tenant.principal(api_id) is None:
            yield Finding(Standing.MISSING, Kind.REGISTRATION, party, party, "service principal", urn=resource.urn)
            return
        told = f"Reading who holds roles on {party.name}"
        yield from self._app_roles(self._tenant.assignments_on(api_id, told), identities)

    def _app_roles(self, assignments: Iterator[dict[str, Any]], identities: dict[str, Identity]) -> Iterator[Finding]:
        while together := list(islice(assignments, _LEARNED_TOGETHER)):
            yield from self._learned(together, identities)

    def _learned(self, assignments: list[dict[str, Any]], identities: dict[str, Identity]) -> Iterator[Finding]:
        self._tenant.learn(each["resourceId"].lower() for each in assignments)
        for assignment in assignments:
            identifier = f"/servicePrincipals/{assignment['resourceId']}/appRoleAssignedTo/{assignment['id']}"
            if _key(identifier) in self._seen:
                continue
            self._seen.add(_key(identifier))
            resource, principal = assignment["resourceId"].lower(), assignment["principalId"].lower()
            role, risk = self._tenant.app_role(resource, assignment["appRoleId"].lower())
            declared = self._declared.get(_key(identifier))
            identity = identities.get(principal)
            yield Finding(
                standing=Standing.PRESENT if declared else Standing.UNDECLARED,
                kind=Kind.APP_ROLE,
                principal=self._tenant.party(principal, assignment.get("principalDisplayName") or ""),
                target=self._tenant.party(resource, assignment.get("resourceDisplayName") or ""),
                role=role,
                role_id=assignment["appRoleId"].lower(),
                since=assignment.get("createdDateTime"),
                risk=risk,
                id=identifier,
                urn=declared.urn if declared else "",
                own_identity=identity is not None and identity.own,
            )

    def _azure_role(self, assignment: dict[str, Any], party: Party, identity: Identity) -> Finding:
        properties = assignment["properties"]
        role, risk = self._tenant.azure_role(properties["roleDefinitionId"])
        declared = self._declared.get(_key(assignment["id"]))
        self._seen.add(_key(assignment["id"]))
        return Finding(
            standing=Standing.PRESENT if declared else Standing.UNDECLARED,
            kind=Kind.AZURE_ROLE,
            principal=party,
            target=_scope(properties["scope"]),
            role=role,
            role_id=properties["roleDefinitionId"].rpartition("/")[2].lower(),
            since=properties.get("createdOn"),
            risk=risk,
            id=assignment["id"],
            urn=declared.urn if declared else "",
            own_identity=identity.own,
        )

    def _not_seen(self, identities: dict[str, Identity]) -> Iterator[Finding]:
        """Grants in the state that nothing in the tenant answers to."""
        for key, grant in self._declared.items():
            if key in self._seen:
                continue
            given = grant.permission
            principal, target = given.principal.key or "", given.target.key or ""
            role_id = (given.role.key or "").rpartition("/")[2]
            app_role = given.kind is permission.Kind.APP_ROLE
            if app_role:
                self._tenant.learn([target])
                role, risk = self._tenant.app_role(target, role_id)
            else:
                role, risk = self._tenant.azure_role(given.role.value or role_id)
            identity = identities.get(principal)
            yield Finding(
                standing=Standing.MISSING,
                kind=Kind.APP_ROLE if app_role else Kind.AZURE_ROLE,
                principal=self._tenant.party(principal, given.principal_name or ""),
                target=self._tenant.party(target, given.target_name or "") if app_role else _scope(given.target.value),
                role=role,
                role_id=role_id,
                risk=risk,
                id=grant.id,
                urn=grant.urn,
                own_identity=identity is not None and identity.own,
            )

    def _registrations(self) -> Iterator[Finding]:
        """The registrations of the stack, and everything by which somebody can act as one of them."""
        stack = self._stack
        paths = {f"/applications/{object_id(each)}": each for each in stack.applications}
        paths |= {f"/servicePrincipals/{object_id(each)}": each for each in stack.apis}
        self._progress.say(f"Reading the credentials of {len(paths)} registrations")
        for (path, resource), found in zip(paths.items(), self._tenant.registrations(paths), strict=True):
            name = text(resource.output("displayName")) or resource.name.name
            is_application = path.startswith("/applications/")
            if found is None:
                if is_application:
                    party = Party(object_id(resource), name, text(resource.output("clientId")) or "")
                    yield Finding(Standing.MISSING, Kind.REGISTRATION, party, party, "application", urn=resource.urn)
                continue
            party = Party(found["id"], str(found.get("displayName") or name), str(found.get("appId") or ""))
            for kind, credential in credentials_of(found):
                yield self._credential(kind, credential, party, path)
            if is_application:
                for credential in self._tenant.federated_credentials(found["id"]):
                    yield self._credential(Kind.FEDERATION, credential, party, path)

    def _credential(self, kind: Kind, credential: dict[str, Any], party: Party, path: str) -> Finding:
        key = str(credential.get("keyId") or credential.get("id"))
        if kind is Kind.FEDERATION:
            named = f"{credential.get('name')}: {credential.get('subject')} of {credential.get('issuer')}"
        else:
            named = str(credential.get("displayName") or key)
        return Finding(
            standing=Standing.PRESENT if key.lower() in self._stack.credentials else Standing.UNDECLARED,
            kind=kind,
            principal=party,
            target=party,
            role=named,
            since=credential.get("startDateTime"),
            risk=Risk.WRITE,
            id=key,
            path=path,
        )


def _key(identifier: str) -> str:
    """Assignment ids of Microsoft Graph tell upper from lower case; object ids and ARM ids do not."""
    parts = identifier.split("/")
    if len(parts) == 5 and parts[1] == "servicePrincipals":
        return f"/servicePrincipals/{parts[2].lower()}/appRoleAssignedTo/{parts[4]}"
    return identifier.lower()


def _scope(value: str | None) -> Party:
    scope = value or ""
    return Party(scope, scope.rpartition("/")[2] or scope)
