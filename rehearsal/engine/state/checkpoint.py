"""The checkpoint: everything that is known of a stack's resources, at one moment.

Deployment schema version 3 (pulumi/pulumi, sdk/go/common/apitype/core.go); the manifest's magic is the SHA-256 of the
engine's version, as pkg/resource/deploy/manifest.go checks it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from rehearsal.engine.resource import Resource
from rehearsal.engine.state.passphrase import Secrets
from rehearsal.engine.state.serialised import Cipher, Unreadable, read_resource, written_resource

VERSION = "v3.260.0"
"""The engine whose format and behaviour this one follows; readers check the magic against it."""
SCHEMA = 3
_SUPPORTED_FEATURES = frozenset({"refreshBeforeUpdate", "taint", "replaceWith"})
_FEATURE_FIELDS = {"refresh_before_update": "refreshBeforeUpdate", "taint": "taint", "replace_with": "replaceWith"}


@dataclass(frozen=True)
class Operation:
    """Something that was begun and whose end was never recorded: creating, updating, deleting, reading, importing."""

    type: str
    resource: Resource


@dataclass(frozen=True)
class Checkpoint:
    """The resources of a stack, in an order in which each comes after what it depends on."""

    resources: Sequence[Resource] = ()
    pending: Sequence[Operation] = ()
    time: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)

    def outputs(self) -> dict[str, Any] | None:
        """The stack's outputs; None when there is no stack."""
        return next((resource.outputs for resource in self.resources if resource.is_root_stack), None)


def now() -> str:
    """The present time as checkpoints have it: RFC 3339, UTC."""
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def written(checkpoint: Checkpoint, secrets: Secrets, *, show_secrets: bool = False) -> dict[str, Any]:
    """A deployment as JSON (`deployment` of an export, `latest` of a state file)."""
    cipher = Cipher(secrets, show=show_secrets)
    deployment: dict[str, Any] = {
        "manifest": {
            "time": checkpoint.time or now(),
            "magic": hashlib.sha256(VERSION.encode()).hexdigest(),
            "version": VERSION,
        },
        "secrets_providers": {"type": "passphrase", "state": {"salt": secrets.salt_line}},
    }
    if checkpoint.resources:
        deployment["resources"] = [written_resource(resource, cipher) for resource in checkpoint.resources]
    if checkpoint.pending:
        deployment["pending_operations"] = [
            {"resource": written_resource(operation.resource, cipher), "type": operation.type}
            for operation in checkpoint.pending
        ]
    deployment["metadata"] = dict(checkpoint.metadata)
    return deployment


def features(checkpoint: Checkpoint) -> list[str]:
    """What a reader must support beyond schema version 3."""
    return sorted(
        {
            feature
            for resource in checkpoint.resources
            for attribute, feature in _FEATURE_FIELDS.items()
            if getattr(resource, attribute)
        }
    )


def versioned(content: dict[str, Any], key: str, needed: Sequence[str]) -> dict[str, Any]:
    """`content` under `key`, with the schema version that its features need."""
    if needed:
        return {"version": SCHEMA + 1, "features": list(needed), key: content}
    return {"version": SCHEMA, key: content}


def supported(document: Mapping[str, Any]) -> None:
    """Raises Unreadable when a document's schema is too old, too new, or has features this engine lacks."""
    version = document.get("version")
    if version not in (SCHEMA, SCHEMA + 1):
        raise Unreadable(f"schema version {version!r}; this engine reads versions {SCHEMA} and {SCHEMA + 1}")
    lacking = [feature for feature in document.get("features") or () if feature not in _SUPPORTED_FEATURES]
    if lacking:
        raise Unreadable(f"it needs features that this engine does not have: {', '.join(lacking)}")


def read(deployment: Mapping[str, Any] | None, unlocked: Callable[[str], Secrets]) -> tuple[Checkpoint, Secrets | None]:
    """A checkpoint and its secrets from JSON; `unlocked` turns a salt line into secrets.

    Raises Unreadable when it isn't a deployment as Pulumi writes it.
    """
    if not deployment:
        return Checkpoint(), None
    manifest = deployment.get("manifest") or {}
    version = manifest.get("version", "")
    if version and manifest.get("magic") != hashlib.sha256(version.encode()).hexdigest():
        raise Unreadable("the manifest's magic cookie does not match its version")
    for name in ("snippets", "extensions"):
        if deployment.get(name):
            raise Unreadable(f"it has {name}, which this engine does not support")
    secrets = None
    provider = deployment.get("secrets_providers") or {}
    if provider:
        if provider.get("type") != "passphrase":
            raise Unreadable(
                f"its secrets provider is {provider.get('type')!r}; this engine only has the passphrase provider"
            )
        secrets = unlocked(provider["state"]["salt"])
    cipher = Cipher(secrets)
    checkpoint = Checkpoint(
        [read_resource(fields, cipher) for fields in deployment.get("resources") or ()],
        [
            Operation(fields["type"], read_resource(fields["resource"], cipher))
            for fields in deployment.get("pending_operations") or ()
        ],
        manifest.get("time", ""),
        deployment.get("metadata") or {},
    )
    return checkpoint, secrets
