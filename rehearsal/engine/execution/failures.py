"""How a step can fail."""

from __future__ import annotations

from rehearsal.engine import urn as urns
from rehearsal.engine.protocol.replies import Answer
from rehearsal.engine.resource import Resource


class StepFailed(Exception):
    """A step that was not carried out. `partial`: something is there all the same, and the step's state says what."""

    def __init__(self, message: str, *, partial: bool = False) -> None:
        super().__init__(message)
        self.partial = partial


class ProtectedResource(StepFailed):
    """A deletion that the user has ruled out."""

    def __init__(self, urn: str) -> None:
        super().__init__(
            f'resource "{urn}" cannot be deleted\n'
            "because it is protected. To unprotect the resource, either remove the `protect` flag from the resource in "
            "your Pulumi program and run `pulumi up`, or use the command:\n"
            f"`pulumi state unprotect {urns.quoted(urn)}`"
        )


def left_behind(new: Resource, answer: Answer) -> StepFailed | None:
    """The failure of what exists but didn't come up, recorded in its state; None when it did."""
    new.init_errors = list(answer.init_errors)
    new.refresh_before_update = answer.refresh_before_update
    if not answer.init_errors:
        return None
    count = len(answer.init_errors)
    reasons = "\n\t".join(f"* {reason}" for reason in answer.init_errors)
    return StepFailed(f"{count} error{'s' * (count > 1)} occurred:\n\t{reasons}\n", partial=True)
