"""The app settings that say which API this function calls."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Self
from urllib.parse import urlsplit

from call_failures import MisconfiguredError


@dataclass(frozen=True)
class AppSettings:
    """`api_url` is where the API is, without slash at its end; `api_scope` what its tokens are asked for with."""

    api_url: str
    api_scope: str

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Self:
        """Read `API_URL` and `API_SCOPE`. Raises `MisconfiguredError` that names every fault."""
        url = environment.get("API_URL", "").strip()
        scope = environment.get("API_SCOPE", "").strip()
        faults = []
        if not url:
            faults.append("API_URL is missing: add it to keyless:appSettings in Pulumi.<stack>.yaml.")
        elif not _may_carry_tokens(url):
            faults.append(
                f"API_URL is {url!r}: it must be https:// with a host (http:// only to this machine) and have no "
                "user, query or fragment, since an access token travels there."
            )
        if not scope:
            faults.append("API_SCOPE is missing: it is the stack's output `scope`, which `pulumi up` sets.")
        elif not re.fullmatch(r"\S+/\.default", scope):
            faults.append(
                f"API_SCOPE is {scope!r}: it must be the API's identifier URI followed by /.default, the stack's "
                "output `scope`."
            )
        if faults:
            raise MisconfiguredError(faults)
        return cls(url.rstrip("/"), scope)


def _may_carry_tokens(url: str) -> bool:
    try:
        location = urlsplit(url)
        host, port = location.hostname, location.port
    except ValueError:
        return False
    if not host or port == 0 or set("@?#") & set(url):
        return False
    return location.scheme == "https" or (location.scheme == "http" and _is_this_machine(host))


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
