"""What every handler may use besides its request: the store, the clock, the tenant, and where the stand-in listens."""

from __future__ import annotations

from dataclasses import dataclass, field

from rehearsal.azure.clock import Clock
from rehearsal.azure.request_log import RequestLog
from rehearsal.azure.store import Contents, Store
from rehearsal.azure.weather import Weather

GRAPH_APP_ID = "00000003-0000-0000-c000-000000000000"
"""Microsoft Graph's application id in every tenant (Microsoft Entra documentation, "Verify first-party Microsoft
applications in sign-in reports")."""

ARM_APP_ID = "797f4846-ba00-4fd7-ba43-dac1f8f63013"
"""Resource Manager's application id in every tenant, `Windows Azure Service Management API` (same page)."""

ARM_AUDIENCES = ("https://management.azure.com/", "https://management.core.windows.net/")
"""What Resource Manager is called as a resource (Azure Resource Manager metadata, `authentication.audiences`)."""


@dataclass(frozen=True)
class Tenant:
    """The one tenant and the one subscription of a stand-in, and who may deploy into them."""

    id: str
    domain: str
    display_name: str
    subscription_id: str
    subscription_name: str
    deployer_app_id: str
    deployer_application_id: str
    deployer_principal_id: str


@dataclass(frozen=True)
class Context:
    """The stand-in as its handlers see it. Base URLs carry no slash at the end; `client_secret` is the deployer's."""

    store: Store
    clock: Clock
    tenant: Tenant
    https_url: str
    http_url: str
    client_secret: str = field(repr=False)
    control_key: str = field(repr=False)
    snapshots: dict[str, Contents] = field(default_factory=dict, repr=False)
    weather: Weather = field(default_factory=Weather)
    log: RequestLog = field(default_factory=RequestLog)
