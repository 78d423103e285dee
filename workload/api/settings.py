"""What the API is told by its environment: whose tokens it accepts, and for whom they must be meant."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

PUBLIC_CLOUD = "https://login.microsoftonline.com"

_GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


class SettingsError(Exception):
    """The environment cannot be used. The message has one line for each fault, not only for the first."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(["The API cannot start: its environment needs correcting.", *faults]))


@dataclass(frozen=True)
class Settings:
    """The one tenant, issuer and audience whose access tokens are accepted.

    An issuer has one of two forms ("Access tokens in the Microsoft identity platform", Microsoft Entra documentation):
    `https://login.microsoftonline.com/{tenant}/v2.0` in v2 tokens, whose audience is the API's client id, and
    `https://sts.windows.net/{tenant}/` in v1 tokens, whose audience is the resource as the caller wrote it. The
    registration's `requestedAccessTokenVersion` decides which one the API gets, so only that one is accepted.
    """

    audience: str
    issuer: str
    tenant_id: str
    authority: str

    @property
    def token_version(self) -> str:
        """The `ver` claim of the tokens that this issuer signs: `1.0` or `2.0`."""
        return "2.0" if self.issuer.endswith("/v2.0") else "1.0"

    @property
    def discovery_url(self) -> str:
        """Where the issuer publishes itself and its keys (OpenID Connect Discovery 1.0, section 4)."""
        version = "/v2.0" if self.issuer.endswith("/v2.0") else ""
        return f"{self.authority}/{self.tenant_id}{version}/.well-known/openid-configuration"

    @property
    def token_url(self) -> str:
        """Where callers get their tokens; stated in the OpenAPI document."""
        return f"{self.authority}/{self.tenant_id}/oauth2/v2.0/token"

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Self:
        """Read `API_AUDIENCE`, `API_ISSUER`, `API_TENANT_ID` and `AZURE_AUTHORITY_HOST`.

        The first three are outputs of the Pulumi stack; the last names another cloud than the public one. Raises
        `SettingsError` with every fault found.
        """
        audience = environment.get("API_AUDIENCE", "").strip()
        issuer = environment.get("API_ISSUER", "").strip()
        tenant_id = environment.get("API_TENANT_ID", "").strip().lower()
        authority = environment.get("AZURE_AUTHORITY_HOST", "").strip() or PUBLIC_CLOUD
        faults = [
            f"{name} is missing: set it to the stack's output `{output}`."
            for name, value, output in (
                ("API_AUDIENCE", audience, "audience"),
                ("API_ISSUER", issuer, "issuer"),
                ("API_TENANT_ID", tenant_id, "tenantId"),
            )
            if not value
        ]
        tenant_known = _GUID.fullmatch(tenant_id) is not None
        if tenant_id and not tenant_known:
            faults.append(
                f"API_TENANT_ID is {tenant_id!r}: it must be the tenant's id, a GUID. Names and `common` are not "
                "accepted, since every token must come from one known tenant."
            )
        if issuer and tenant_known:
            endings = (f"/{tenant_id}/v2.0", f"/{tenant_id}/")
            if not any(issuer.endswith(end) and _is_https_host(issuer.removesuffix(end)) for end in endings):
                faults.append(
                    f"API_ISSUER is {issuer!r}: for this tenant it is either {PUBLIC_CLOUD}{endings[0]} (v2 tokens) or "
                    f"https://sts.windows.net{endings[1]} (v1 tokens). Use the stack's output `issuer`."
                )
            if audience and issuer.endswith("/v2.0") and not _GUID.fullmatch(audience):
                faults.append(
                    f"API_AUDIENCE is {audience!r}: v2 tokens, which API_ISSUER stands for, carry the client id of the "
                    "API's registration, a GUID in lower case. Use the stack's output `audience`."
                )
        if not _is_https_host(authority.removesuffix("/")):
            faults.append(
                f"AZURE_AUTHORITY_HOST is {authority!r}: it must be https:// and a host, without path, such as "
                f"{PUBLIC_CLOUD}. Keys fetched in clear could be anybody's."
            )
        if faults:
            raise SettingsError(faults)
        return cls(audience, issuer, tenant_id, authority.removesuffix("/"))


def _is_https_host(url: str) -> bool:
    try:
        location = urlsplit(url)
        return bool(location.hostname) and location.port != 0 and url == f"https://{location.netloc.rpartition('@')[2]}"
    except ValueError:
        return False
