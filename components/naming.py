"""Names of Azure resources: within Azure's limits, stable for a stack, and no two stacks share one.

Source of the limits: Azure Resource Manager, "Naming rules and restrictions for Azure resources".
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass

from components.refusal import Refusal

_HASH_LENGTH = 10
_SITE_LENGTH = 32
"""Azure allows 60 characters, but the Functions host takes the first 32 as its id (Azure Functions, "Host ID
considerations"): a longer name could share its host id with another."""
_STORAGE_ACCOUNT_LENGTH = 24
_VAULT_LENGTH = 24
_API_NAME = re.compile(r"[a-z](?:[a-z0-9-]{0,38}[a-z0-9])")
_FUNCTION_APP_NAME = re.compile(r"[a-z](?:[a-z0-9-]{0,18}[a-z0-9])")
_RESERVED_API_NAMES = ("own",)


@dataclass(frozen=True)
class Names:
    """The names of resources that belong together in one stack.

    Sites, storage accounts and vaults are named once in the whole of Azure, so each name ends in a hash of the tenant,
    the project, the stack and the part.
    """

    tenant_id: str
    project: str
    stack: str
    part: str
    """What they make up: a function app, by its name."""

    @property
    def site(self) -> str:
        """Of a function app and of the plan and resource group around it: 2 to 32 of `a-z 0-9 -`."""
        readable = slug("-".join((self.project, self.stack, self.part)))
        return f"{readable[: _SITE_LENGTH - _HASH_LENGTH - 1].strip('-')}-{self._hash}".lstrip("-")

    @property
    def storage_account(self) -> str:
        """3 to 24 of `a-z 0-9`."""
        readable = slug(self.project + self.stack + self.part).replace("-", "")
        return readable[: _STORAGE_ACCOUNT_LENGTH - _HASH_LENGTH] + self._hash

    @property
    def vault(self) -> str:
        """3 to 24 of `a-z 0-9 -`."""
        readable = slug("-".join((self.project, self.stack, self.part)))
        return f"{readable[: _VAULT_LENGTH - _HASH_LENGTH - 1].strip('-')}-{self._hash}".lstrip("-")

    @property
    def _hash(self) -> str:
        identity = "\n".join((self.tenant_id.lower(), self.project, self.stack, self.part))
        return base64.b32encode(hashlib.sha256(identity.encode()).digest()).decode().lower()[:_HASH_LENGTH]


def application(api: str, stack: str) -> str:
    """Returns the display name of the registration of `api` in `stack`.

    Microsoft Graph takes 256 characters; an API name has at most 40 and a stack name at most 100.
    """
    return f"{api}-{stack}"


def developer_client(project: str, stack: str, function_app: str) -> str:
    """Returns the display name of the development client that stands in for a function app on a laptop."""
    return f"{project}-{stack}-{function_app}-developer"


def refusal_of_api_name(name: str) -> Refusal | None:
    """Says why an API cannot have this name, or None if it can. Display name and role ids are made of it."""
    if name in _RESERVED_API_NAMES:
        problem = f"{name!r} already means the API of this stack, whatever its name."
    elif not _API_NAME.fullmatch(name):
        problem = f"{name!r} is not a name for an API."
    else:
        return None
    repaired = slug(name)
    return Refusal(
        problem=problem,
        allowed="2 to 40 of a-z, 0-9 and '-', beginning with a letter and ending with a letter or a digit, not 'own'",
        instead=repaired if _API_NAME.fullmatch(repaired) and repaired not in _RESERVED_API_NAMES else None,
    )


def refusal_of_function_app_name(name: str) -> Refusal | None:
    """Says why a function app cannot have this name, or None if it can. Names of resources are made of it."""
    if _FUNCTION_APP_NAME.fullmatch(name):
        return None
    repaired = slug(name)
    return Refusal(
        problem=f"{name!r} is not a name for a function app.",
        allowed="2 to 20 of a-z, 0-9 and '-', beginning with a letter and ending with a letter or a digit",
        instead=repaired if _FUNCTION_APP_NAME.fullmatch(repaired) else None,
    )


def slug(text: str) -> str:
    """Returns `text` in `a-z 0-9 -`, for a name that holds it: `Microsoft Graph` becomes `microsoft-graph`."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
