"""Where the state of the environments is kept, what encrypts its secrets, and who may use either."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_azure_native import authorization, resources

from bootstrap.identities import Identities
from bootstrap.settings import Settings
from components import custom_role, naming, resource_tag, role_assignment
from components.secrets_keys import KEY_ACTIONS, SecretsKeys, SecretsKeysArgs
from components.state_storage import StateStorage, StateStorageArgs
from components.tenant import Tenant


@dataclass(frozen=True)
class Place:
    """Where everything is kept: a subscription that no environment's deployer may change anything in."""

    subscription_id: str
    tenant: Tenant
    names: naming.Names
    tags: Mapping[str, str]
    group: resources.ResourceGroup

    @classmethod
    def declare(cls, settings: Settings, tenant: Tenant, subscription_id: str) -> Place:
        """Declares the resource group that state and keys live in."""
        project, stack = pulumi.get_project(), pulumi.get_stack()
        names = naming.Names(tenant.id, project, stack, "state")
        tags = resource_tag.of_stack(project, stack)
        group = resources.ResourceGroup(
            "state-resource-group", resource_group_name=names.site, location=settings.location, tags=tags
        )
        return cls(subscription_id, tenant, names, tags, group)

    def let(
        self,
        name: str,
        role: str,
        resource: pulumi.CustomResource,
        principal_id: pulumi.Input[str],
        *,
        is_group: bool = False,
        after: pulumi.Resource | None = None,
    ) -> None:
        """Declares that an identity, or a group, holds a role on one resource; a custom role has to be there first."""
        kinds = authorization.PrincipalType
        role_assignment.assign(
            name,
            role=role,
            scope=resource.id,
            principal_id=principal_id,
            principal_type=kinds.GROUP if is_group else kinds.SERVICE_PRINCIPAL,
            subscription_id=self.subscription_id,
            opts=pulumi.ResourceOptions(depends_on=after),
        )


def state(settings: Settings, place: Place, identities: Identities) -> StateStorage:
    """Declares the storage for state. The previewing identity reads all of it, since a preview takes no lock and writes
    nothing (pulumi/pulumi, `pkg/backend/diy/backend.go`); each deployer writes what is its environment's.
    """
    storage = StateStorage(
        "state",
        StateStorageArgs(
            account_name=place.names.storage_account,
            location=settings.location,
            tags=place.tags,
            resource_group_name=place.group.name,
            lives_with=place.group,
            environments=list(settings.environments),
            protect=settings.protect,
        ),
    )
    reader, writer = role_assignment.STORAGE_BLOB_DATA_READER, role_assignment.STORAGE_BLOB_DATA_CONTRIBUTOR
    for environment, container in storage.containers.items():
        deployer = identities.deployers[environment]
        place.let(f"state-{environment}-preview-reads", reader, container, identities.preview.principal_id)
        place.let(f"state-{environment}-deploy-writes", writer, container, deployer.principal_id)
        if settings.operators:
            place.let(f"state-{environment}-operators-write", writer, container, settings.operators, is_group=True)
    return storage


def keys(settings: Settings, place: Place, identities: Identities) -> SecretsKeys:
    """Declares the keys. Whoever reads a state has to decrypt its secrets, a preview included."""
    secrets = SecretsKeys(
        "secrets",
        SecretsKeysArgs(
            vault_name=place.names.vault,
            location=settings.location,
            tags=place.tags,
            tenant_id=place.tenant.id,
            resource_group_name=place.group.name,
            lives_with=place.group,
            environments=list(settings.environments),
            protect=settings.protect,
        ),
    )
    user = f"{settings.repository.full_name}: secrets key user"
    definition = custom_role.declare(
        "secrets-key-user",
        role_name=user,
        description="Encrypts and decrypts with keys, and nothing else.",
        subscription_id=place.subscription_id,
        data_actions=[f"Microsoft.KeyVault/vaults/keys/{action}" for action in KEY_ACTIONS],
        opts=pulumi.ResourceOptions(),
    )
    role = custom_role.guid(user, place.subscription_id)
    for environment, key in secrets.keys.items():
        deployer = identities.deployers[environment]
        preview = identities.preview.principal_id
        place.let(f"secrets-{environment}-preview-uses", role, key, preview, after=definition)
        place.let(f"secrets-{environment}-deploy-uses", role, key, deployer.principal_id, after=definition)
        if settings.operators:
            name = f"secrets-{environment}-operators-use"
            place.let(name, role, key, settings.operators, is_group=True, after=definition)
    return secrets
