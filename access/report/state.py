"""A stack's state: the resources it has, as `pulumi stack export` or a file backend writes them.

Source: pulumi, `sdk/go/common/apitype/core.go` (`UntypedDeployment`, `DeploymentV3`, `CheckpointV3`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from access.errors import BadInputError
from access.report import record
from access.report.preview import Preview
from access.report.quoting import visible
from access.report.record import MalformedError
from access.report.resource import Resource

WANTED = "the output of `pulumi stack export`"
VERSION = 3


@dataclass(frozen=True)
class State:
    """The resources of a stack, in the order in which they were created."""

    resources: tuple[Resource, ...]


def parse_state(document: Any, name: str) -> State:
    """Returns the state in a JSON document; `name` is how messages call it.

    Raises BadInputError.
    """
    try:
        exported = record.mapping(document, "the document")
        deployment = _deployment(exported)
        resources = [
            record.resource(item, f"resources[{index}]")
            for index, item in enumerate(record.items(deployment.get("resources") or [], "resources"))
        ]
    except MalformedError as error:
        raise BadInputError(f"{name} is not {WANTED}: {error}.") from error
    return State(tuple(resources))


def check_same_moment(state: State, preview: Preview, name: str) -> None:
    """Raises BadInputError if a preview cannot be of this state: another stack's, or the same one's at another time."""
    others = {
        (resource.name.project, resource.name.stack)
        for resource in state.resources
        if (resource.name.project, resource.name.stack) != (preview.project, preview.stack)
    }
    if others:
        listed = ", ".join(sorted(visible(f"{project}/{stack}") for project, stack in others))
        raise BadInputError(
            f"{name} is the state of {listed}, and the preview is of {visible(f'{preview.project}/{preview.stack}')}. "
            "Export the state of the stack that was previewed, with `pulumi stack export --stack`."
        )
    present = {(resource.urn, resource.id) for resource in state.resources}
    created = {resource.urn for resource in state.resources if not resource.gone}
    refreshed = {step.urn for step in preview.steps if step.operation == "refresh"}
    for step in preview.steps:
        if step.old is not None and (step.old.urn, step.old.id) not in present:
            raise _of_another_time(name, f"{visible(step.old.urn)} ({visible(step.old.id or 'no id')}) is not in it")
        if step.operation == "create" and step.urn in created and step.urn not in refreshed:
            raise _of_another_time(name, f"{visible(step.urn)} is in it, and the preview creates it")


def _of_another_time(name: str, why: str) -> BadInputError:
    return BadInputError(
        f"{name} is not the state that the preview was made from: {why}. "
        "Export the state and preview again, with nothing in between."
    )


def _deployment(exported: Mapping[str, Any]) -> Mapping[str, Any]:
    if "steps" in exported:
        raise MalformedError("it is a preview (give that without --state)")
    if "checkpoint" not in exported and "deployment" not in exported:
        keys = ", ".join(record.shown(key) for key in list(exported)[:8])
        raise MalformedError(f"it has neither a deployment nor a checkpoint{f' (it has {keys})' if keys else ''}")
    version = exported.get("version")
    if version != VERSION:
        newer = isinstance(version, int) and version > VERSION
        raise MalformedError(
            f"it is of version {record.shown(version)}, and this report reads version {VERSION}"
            + (" (was it written by a newer Pulumi?)" if newer else "")
        )
    if "checkpoint" in exported:
        checkpoint = record.mapping(exported["checkpoint"], "checkpoint")
        return record.mapping(checkpoint.get("latest") or {}, "checkpoint.latest")
    return record.mapping(exported["deployment"], "deployment")
