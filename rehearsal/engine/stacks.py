"""A stack's state as a whole: its outputs, taking it out and putting it back, and forgetting it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rehearsal.engine import urn as urns
from rehearsal.engine.errors import EngineError, NoSuchStack
from rehearsal.engine.execution.run import Run
from rehearsal.engine.state import checkpoint as checkpoints
from rehearsal.engine.state import integrity
from rehearsal.engine.state.checkpoint import Checkpoint
from rehearsal.engine.state.serialised import Cipher, Unreadable, written
from rehearsal.engine.values import Secret as SecretValue
from rehearsal.engine.values import mapped
from rehearsal.engine.workspace import Workspace


def outputs(workspace: Workspace, stack: str, *, show_secrets: bool = False) -> dict[str, Any]:
    """The stack's outputs as JSON values (`pulumi stack output --json`); secrets are `[secret]` unless shown.

    Raises NoSuchStack when there is none, BrokenState when it can't be read.
    """
    run = _existing(workspace, stack)
    found = run.open()[0].outputs() or {}
    if show_secrets:
        found = mapped(found, lambda value: value.element if isinstance(value, SecretValue) else value)
    return {key: written(value, Cipher()) for key, value in sorted(found.items())}


def export(workspace: Workspace, stack: str, *, show_secrets: bool = False) -> dict[str, Any]:
    """The stack's deployment (`pulumi stack export`): secrets encrypted or, if shown, in clear.

    Raises NoSuchStack when there is none, BrokenState when it can't be read.
    """
    checkpoint, secrets = _existing(workspace, stack).open()
    deployment = checkpoints.written(checkpoint, secrets, show_secrets=show_secrets)
    return checkpoints.versioned(deployment, "deployment", checkpoints.features(checkpoint))


def import_state(workspace: Workspace, stack: str, document: Mapping[str, Any], *, force: bool = False) -> list[str]:
    """Make an exported deployment the stack's state (`pulumi stack import`); what the user should know about it.

    Operations that were pending are dropped. Secrets are encrypted anew, with the stack's own passphrase and salt.
    Raises EngineError when the document is no deployment; and, unless with `force`, when it is of another stack or
    contradicts itself.
    """
    run = Run.silent(workspace, stack)
    with run.state.locked():
        _, secrets = run.open()
        checkpoint = _read(document, run)
        faults = [
            f"resource '{resource.urn}' is from a different stack ({urns.stack_of(resource.urn)} != {stack})"
            for resource in checkpoint.resources
            if urns.stack_of(resource.urn) != stack
        ]
        faults += [f"state file contains errors: {fault}" for fault in integrity.faults(checkpoint.resources)]
        if faults and not force:
            raise EngineError(
                "\n".join(faults) + "\nimporting this file could be dangerous; rerun with --force to proceed anyway"
            )
        dropped = [
            f"removing pending operation '{operation.type}' on '{operation.resource.urn}' from snapshot"
            for operation in checkpoint.pending
        ]
        run.state.write(Checkpoint(checkpoint.resources, (), checkpoint.time, checkpoint.metadata), secrets)
        return [*faults, *dropped]


def remove(workspace: Workspace, stack: str, *, force: bool = False) -> None:
    """Forget a stack with its history (`pulumi stack rm`); its configuration file stays.

    Raises NoSuchStack when there is none and, unless with `force`, EngineError when it still has resources.
    """
    run = _existing(workspace, stack)
    with run.state.locked():
        if not force and run.open()[0].resources:
            raise EngineError(
                f"'{stack}' still has resources; removal rejected. Possible actions:\n"
                f"- Make sure that '{stack}' is the stack that you want to destroy\n"
                "- Run `pulumi destroy` to delete the resources, then run `pulumi stack rm`\n"
                "- Run `pulumi stack rm --force` to override this error"
            )
        run.state.remove()


def _existing(workspace: Workspace, stack: str) -> Run:
    run = Run.silent(workspace, stack)
    if not run.state.exists:
        raise NoSuchStack(f"no stack named '{stack}' found in {run.state.path.parent}")
    return run


def _read(document: Mapping[str, Any], run: Run) -> Checkpoint:
    try:
        checkpoints.supported(document)
        return checkpoints.read(document.get("deployment"), run.unlocked)[0]
    except (Unreadable, KeyError, TypeError, ValueError) as fault:
        raise EngineError(f"could not deserialize deployment: {fault}") from fault
