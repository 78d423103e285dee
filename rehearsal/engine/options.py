"""How a run is carried out: the flags of `pulumi preview`, `up`, `refresh` and `destroy`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

from rehearsal.engine.policy_pack import PolicyPack

DEFAULT_PARALLEL = 4 * (os.cpu_count() or 4)
"""As many operations at once as the CLI allows itself (pulumi/pulumi, pkg/cmd/pulumi/…: four per processor)."""


@dataclass(frozen=True)
class Options:
    """Each field is the CLI's flag of that name; URNs may have the wildcards `*` and `**`."""

    parallel: int = DEFAULT_PARALLEL
    """How many resource operations run side by side; 1: one after the other."""
    targets: Sequence[str] = ()
    """Only these resources are changed (`--target`)."""
    target_dependents: bool = False
    """And what depends on them."""
    excludes: Sequence[str] = ()
    """These resources are not changed (`--exclude`)."""
    exclude_dependents: bool = False
    """Nor is what depends on them."""
    replace: Sequence[str] = ()
    """These resources are replaced, whether or not they have changed (`--replace`)."""
    refresh: bool = False
    """Have the providers read every resource first (`--refresh`)."""
    clear_pending_creates: bool = False
    """For refresh: forget interrupted creations that nobody can say more of (`--clear-pending-creates`)."""
    expect_no_changes: bool = False
    """Fail if anything would change, or has changed (`--expect-no-changes`)."""
    exclude_protected: bool = False
    """For destroy: leave protected resources, and what they need, where they are (`--exclude-protected`)."""
    continue_on_error: bool = False
    """After a failure, go on with what doesn't depend on what failed (`--continue-on-error`)."""
    policy_packs: Sequence[PolicyPack] = ()
    """Packs that are asked about every resource (`--policy-pack`, `--policy-pack-config`)."""
    message: str = ""
    """What the history says about the run (`--message`)."""
