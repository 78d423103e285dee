"""What encrypts the secrets in the state of stacks: a key for each environment, in a vault."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import keyvault

KEY_ACTIONS = ("read", "encrypt/action", "decrypt/action")
"""What Pulumi does with a key (pulumi/pulumi, `pkg/secrets/cloud`; gocloud.dev, `secrets/azurekeyvault`). The built-in
role `Key Vault Crypto User` could also switch a key off."""
_KEPT_DAYS = 90
"""The most there is (Azure Key Vault, "Soft-delete overview")."""
_BITS = 3072
"""For what has to stay secret beyond 2030 (NIST SP 800-57 part 1)."""


@dataclass(frozen=True, kw_only=True)
class SecretsKeysArgs:
    """Which keys, and where."""

    vault_name: str
    """3 to 24 of `a-z 0-9 -`, unique in Azure."""
    location: str
    """An Azure region, as ARM writes it."""
    tags: Mapping[str, str]
    """On the vault and its keys."""
    tenant_id: str
    """Whose identities the vault knows."""
    resource_group_name: pulumi.Input[str]
    """What it lives in."""
    environments: Sequence[str]
    """Each gets a key of its own."""
    lives_with: pulumi.Resource | None = None
    """The resource group, with which the vault is deleted."""
    protect: bool = False
    """Whether vault and keys may be deleted: without its key nobody reads the secrets of a state."""


class SecretsKeys(pulumi.ComponentResource):
    """A vault that nobody can empty for good, and keys that only roles open.

    A deleted vault blocks its name and can be recovered for 90 days, and nobody can purge it meanwhile. A key whose
    environment is gone stays in the vault, since states may still need it.
    """

    providers: pulumi.Output[dict[str, str]]
    """What `pulumi stack init --secrets-provider` takes, by environment. It names the key's version: without it, a new
    version would decrypt nothing that an older one encrypted (pulumi/pulumi#22338)."""
    keys: Mapping[str, pulumi.CustomResource]
    """The key of each environment: on it rights are given."""

    def __init__(self, name: str, args: SecretsKeysArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Creates vault and keys; nobody may use them yet."""
        super().__init__("keyless:state:SecretsKeys", name, None, opts)
        vault = keyvault.Vault(
            f"{name}-vault",
            resource_group_name=args.resource_group_name,
            vault_name=args.vault_name,
            location=args.location,
            tags=args.tags,
            properties=keyvault.VaultPropertiesArgs(
                tenant_id=args.tenant_id,
                sku=keyvault.SkuArgs(family=keyvault.SkuFamily.A, name=keyvault.SkuName.STANDARD),
                enable_rbac_authorization=True,
                enable_soft_delete=True,
                soft_delete_retention_in_days=_KEPT_DAYS,
                enable_purge_protection=True,
            ),
            opts=pulumi.ResourceOptions(parent=self, deleted_with=args.lives_with, protect=args.protect),
        )
        keys = {
            environment: keyvault.Key(
                f"{name}-{environment}",
                resource_group_name=args.resource_group_name,
                vault_name=vault.name,
                key_name=environment,
                tags=args.tags,
                properties=keyvault.KeyPropertiesArgs(
                    kty=keyvault.JsonWebKeyType.RSA,
                    key_size=_BITS,
                    key_ops=[keyvault.JsonWebKeyOperation.ENCRYPT, keyvault.JsonWebKeyOperation.DECRYPT],
                ),
                opts=pulumi.ResourceOptions(
                    parent=self, deleted_with=vault, retain_on_delete=True, protect=args.protect
                ),
            )
            for environment in args.environments
        }
        self.keys = keys
        self.providers = pulumi.Output.all(
            **{
                environment: key.key_uri_with_version.apply(lambda uri: uri.replace("https://", "azurekeyvault://", 1))
                for environment, key in keys.items()
            }
        ).apply(dict)
        self.register_outputs({"providers": self.providers})
