"""A provider's configuration: its own keys first, then the environment, as the real providers read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from rehearsal.providers.credentials import Credential, TokenRequest
from rehearsal.providers.errors import ProviderError

_ENGINE_KEYS: Final = frozenset(
    {"version", "pluginDownloadURL", "__internal", "__defaults", "__pulumi-go-provider-infer"}
)
_EXCHANGE: Final = "api://AzureADTokenExchange"
_TRUE: Final = frozenset({"1", "t", "true"})


class Settings:
    """Configuration values by key; what is empty or absent there is looked up in the environment.

    `values` come from the program (`Provider(…)` arguments or `pulumi config set package:key`). `environment` is the
    one the provider was given, not necessarily this process's.
    """

    def __init__(self, values: Mapping[str, Any], environment: Mapping[str, str]) -> None:
        self._values = {key: value for key, value in values.items() if key not in _ENGINE_KEYS}
        self._environment = environment

    @property
    def configured(self) -> list[str]:
        """The keys that were configured, sorted."""
        return sorted(self._values)

    def text(self, key: str, *variables: str) -> str:
        """The value, else the first of the variables that is not empty, else the empty string."""
        value = self._values.get(key)
        if value not in (None, ""):
            return value if isinstance(value, str) else str(value)
        return next((self._environment[name] for name in variables if self._environment.get(name)), "")

    def truth(self, key: str, *variables: str, default: bool = False) -> bool:
        """The value as a boolean: `true`, `1` and `t` in any case are true, everything else is false."""
        value = self.text(key, *variables)
        return value.lower() in _TRUE if value else default


def merged(variables: Mapping[str, str], arguments: Mapping[str, Any], package: str) -> dict[str, Any]:
    """Both forms in which an engine sends configuration: `arguments` win over `variables` (`package:config:key`)."""
    prefix = f"{package}:config:"
    return {key.removeprefix(prefix): value for key, value in variables.items()} | dict(arguments)


def oidc_token(settings: Settings) -> str:
    """The token of a federated credential: given, or the content of a file. Raises `ProviderError`."""
    token = settings.text("oidcToken", "ARM_OIDC_TOKEN")
    path = settings.text("oidcTokenFilePath", "ARM_OIDC_TOKEN_FILE_PATH")
    if not path:
        return token
    try:
        content = Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ProviderError(f'reading OIDC token from file "{path}": open {path}: {reason}') from None
    if token and token != content:
        raise ProviderError(
            "mismatch between supplied OIDC token and supplied OIDC token file contents - "
            "please either remove one or ensure they match"
        )
    return content


def token_request(settings: Settings, audience: str) -> TokenRequest | None:
    """Where a job on GitHub gets its tokens for `audience`, or None when the settings do not say so."""
    url = settings.text("oidcRequestUrl", "ARM_OIDC_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_URL")
    bearer = settings.text("oidcRequestToken", "ARM_OIDC_REQUEST_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN")
    return TokenRequest(url, bearer, audience) if url and bearer else None


def credential(settings: Settings, audience: str = "") -> Credential | None:
    """The credential the settings amount to: a client secret before a federated token, and a token that is given before
    one to be asked for, as in the real providers. `audience` is that of tokens to be asked for, if it is to be another
    one than Entra's.

    None when nothing is complete. Certificates, managed identities and `az` are not modelled (LIMITATIONS.md).
    """
    tenant_id = settings.text("tenantId", "ARM_TENANT_ID")
    client_id = settings.text("clientId", "ARM_CLIENT_ID")
    secret = settings.text("clientSecret", "ARM_CLIENT_SECRET")
    if not (tenant_id and client_id):
        return None
    if secret:
        return Credential(tenant_id, client_id, client_secret=secret)
    if not settings.truth("useOidc", "ARM_USE_OIDC"):
        return None
    assertion = oidc_token(settings)
    if assertion:
        return Credential(tenant_id, client_id, assertion=assertion)
    request = token_request(settings, audience or _EXCHANGE)
    return Credential(tenant_id, client_id, request=request) if request else None


def refused(settings: Settings, keys: Iterable[str]) -> list[str]:
    """Those of the keys that are configured: authentication methods and options this provider does not have."""
    return [key for key in keys if settings.text(key)]
