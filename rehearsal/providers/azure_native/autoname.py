"""Names for resources that the program gave none (pulumi-azure-native, `provider/pkg/resources`, AutoNamer)."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from typing import Final

from rehearsal.providers.azure_native.resource_type import Naming
from rehearsal.providers.requests import Autonaming
from rehearsal.providers.values import Properties

CREATE_BEFORE_DELETE: Final = "__createBeforeDelete"
"""Input that Check adds beside a name of its own: such a resource can be replaced before it is deleted."""


def name_in(
    inputs: Properties,
    old: Properties,
    *,
    parameter: str,
    naming: Naming,
    logical_name: str,
    seed: bytes,
    autonaming: Autonaming | None,
) -> Properties:
    """What Check adds to `inputs` so that the resource has a name: that of the old inputs if they have one.

    `seed` is the engine's: the same seed gives the same name. Empty when the program gave the name, or may not leave
    it out.
    """
    if parameter in inputs or naming is Naming.NONE:
        return {}
    if parameter in old:
        kept = {parameter: old[parameter]}
        return {**kept, CREATE_BEFORE_DELETE: True} if old.get(CREATE_BEFORE_DELETE) else kept
    if autonaming is not None and autonaming.mode == "DISABLE":
        return {}
    if autonaming is not None and (autonaming.mode == "ENFORCE" or naming is not Naming.UUID):
        return {parameter: autonaming.proposed_name, CREATE_BEFORE_DELETE: True}
    if naming is Naming.COPY:
        return {parameter: logical_name}
    digest = hashlib.sha256(seed or secrets.token_bytes(16)).hexdigest()
    name = str(uuid.UUID(digest[:32])) if naming is Naming.UUID else f"{logical_name}{digest[:8]}"
    return {parameter: name, CREATE_BEFORE_DELETE: True}
