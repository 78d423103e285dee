"""What Azure says to a declaration: the subscription, names, the region, and resources that are there already."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from access.cloud.cloud import Cloud
from access.cloud.resource_manager import ResourceManager
from access.errors import AccessError
from access.preflight import needs
from access.preflight.declaration import Declaration
from access.preflight.fault import Check, Fault
from access.report.quoting import visible

_RESOURCES = "2022-09-01"
_STORAGE = "2023-05-01"
_WEB = "2024-04-01"
"""API versions."""
_GROUP = "azure-native:resources:ResourceGroup"
_ACCOUNT = "azure-native:storage:StorageAccount"
_SITE = "azure-native:web:WebApp"
_PLAN = "azure-native:web:AppServicePlan"


@dataclass(frozen=True)
class _NameRule:
    input: str
    form: str
    allowed: str


_RULES = {
    _GROUP: _NameRule("resourceGroupName", r"[\w.()-]{0,89}[\w()-]", "1 to 90 letters, digits and _ - . ( )"),
    _ACCOUNT: _NameRule("accountName", r"[a-z0-9]{3,24}", "3 to 24 of a-z and 0-9"),
    _SITE: _NameRule("name", r"[A-Za-z0-9][A-Za-z0-9-]{0,58}[A-Za-z0-9]", "2 to 60 letters, digits and -"),
}
"""Azure documentation, "Naming rules and restrictions for Azure resources"."""


def subscription_of(cloud: Cloud, given: str | None) -> str:
    """Returns the subscription to deploy to: the one given, else the only one that the account sees.

    Raises AccessError.
    """
    if given:
        return given
    seen = [each["subscriptionId"] for each in cloud.resource_manager.pages("/subscriptions", _RESOURCES)]
    if len(seen) != 1:
        raise AccessError(
            f"Which subscription is meant is not clear: {len(seen)} are visible"
            + (f" ({', '.join(seen[:5])})" if seen else "")
            + ". Set ARM_SUBSCRIPTION_ID."
        )
    return str(seen[0])


def subscription_faults(declaration: Declaration, cloud: Cloud, subscription: str) -> Iterator[Fault]:
    """Yields what is wrong with the subscription: not there, disabled, or a resource provider not registered."""
    manager = cloud.resource_manager
    answer = manager.send("GET", f"/subscriptions/{subscription}", _RESOURCES)
    if answer.status in (403, 404):
        yield Fault(
            Check.SUBSCRIPTION,
            f"Subscription {subscription} is not there, or whoever is signed in has no role on it.",
            "Correct ARM_SUBSCRIPTION_ID, or ask its owner for a role.",
        )
        return
    manager.service.check(f"GET /subscriptions/{subscription}", answer)
    state = answer.body.get("state")
    if state not in (None, "Enabled"):
        yield Fault(Check.SUBSCRIPTION, f"Subscription {subscription} is {state}.", "Enable it in the Azure portal.")
    for namespace in needs.namespaces(declaration):
        found = manager.send("GET", f"/subscriptions/{subscription}/providers/{namespace}", _RESOURCES)
        if found.status == 200 and found.body.get("registrationState") not in ("Registered", "Registering"):
            yield Fault(
                Check.SUBSCRIPTION,
                f"Subscription {subscription} is not registered with {namespace}.",
                f"Register it: az provider register --namespace {namespace} --subscription {subscription} --wait",
            )


def name_faults(
    declaration: Declaration, cloud: Cloud, subscription: str, known: Callable[[str], bool]
) -> Iterator[Fault]:
    """Yields names that Azure would refuse, and resources that are there already; `known` tells by its ARM id whether
    the stack has a resource.
    """
    base = f"/subscriptions/{subscription}"
    for registration in declaration.all(*_RULES):
        rule = _RULES[registration.type]
        name = registration.known(rule.input)
        if name is None or registration.imported:
            continue
        if not re.fullmatch(rule.form, name):
            what = registration.type.rpartition(":")[2]
            yield Fault(Check.NAME, f"{visible(name)} is no name for a {what}.", f"Allowed: {rule.allowed}.")
            continue
        match registration.type:
            case t if t == _GROUP:
                yield from _group(cloud.resource_manager, base, name, known)
            case t if t == _ACCOUNT:
                path = f"{base}/providers/Microsoft.Storage/checkNameAvailability"
                body = {"name": name, "type": "Microsoft.Storage/storageAccounts"}
                if not known(f"/storageaccounts/{name}"):
                    yield from _taken(cloud.resource_manager, path, _STORAGE, body, "storage account")
            case _:
                path = f"{base}/providers/Microsoft.Web/checknameavailability"
                if not known(f"/sites/{name}"):
                    yield from _taken(
                        cloud.resource_manager, path, _WEB, {"name": name, "type": "Microsoft.Web/sites"}, "site"
                    )


def region_faults(declaration: Declaration, cloud: Cloud, subscription: str) -> Iterator[Fault]:
    """Yields plans in regions that do not host their SKU (REST reference, "List Geo Regions")."""
    for plan in declaration.all(_PLAN):
        location = plan.known("location")
        tier = (plan.inputs.get("sku") or {}).get("tier")
        if location is None or not isinstance(tier, str):
            continue
        path = f"/subscriptions/{subscription}/providers/Microsoft.Web/geoRegions"
        offered = sorted(
            _normal(each["properties"]["displayName"])
            for each in cloud.resource_manager.service.pages(
                path, {"api-version": _WEB, "sku": tier}, following="nextLink"
            )
        )
        if _normal(location) not in offered:
            yield Fault(
                Check.REGION,
                f"{visible(location)} does not host {tier}.",
                f"Set azure-native:location to one of {', '.join(offered)}.",
            )


def _group(manager: ResourceManager, base: str, name: str, known: Callable[[str], bool]) -> Iterator[Fault]:
    path = f"{base}/resourceGroups/{name}"
    if known(f"/resourcegroups/{name}"):
        return
    answer = manager.send("GET", path, _RESOURCES)
    if answer.status == 404:
        return
    manager.service.check(f"GET {path}", answer)
    yield Fault(
        Check.ORPHAN,
        f"The resource group {visible(name)} is there already and not in the stack's state: an earlier stack left it.",
        f"If nothing in it is needed: az group delete --name {name}. Or restore the stack's state.",
    )


def _taken(manager: ResourceManager, path: str, version: str, body: dict[str, str], what: str) -> Iterator[Fault]:
    answer = manager.send("POST", path, version, body)
    manager.service.check(f"POST {path}", answer)
    if not answer.body.get("nameAvailable"):
        message = visible(str(answer.body.get("message") or answer.body.get("reason")))
        yield Fault(
            Check.NAME,
            f"The {what} name {visible(body['name'])} is taken: {message}",
            "If an earlier stack left it, delete it; else rename project or stack, since the name is made of them.",
        )


def _normal(location: str) -> str:
    return location.replace(" ", "").lower()
