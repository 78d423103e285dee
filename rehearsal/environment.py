"""What of the user's environment a rehearsal lets through."""

from __future__ import annotations

import os

_ACCOUNTS = ("ARM_", "AZURE_", "PULUMI_", "ACTIONS_ID_TOKEN_", "IDENTITY_", "MSI_")


def foreign_environment() -> dict[str, str]:
    """The user's environment without what leads to the user's own Azure or Pulumi account."""
    return {name: value for name, value in os.environ.items() if not name.startswith(_ACCOUNTS)}


def passphrase() -> str:
    """Passphrase of rehearsed stacks: PULUMI_CONFIG_PASSPHRASE, or none, since they guard nothing real."""
    return os.environ.get("PULUMI_CONFIG_PASSPHRASE", "")
