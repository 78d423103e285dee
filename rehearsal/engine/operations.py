"""What can be done with a stack: the operations of the CLI."""

from __future__ import annotations

from rehearsal.engine.execution.events import Listener
from rehearsal.engine.execution.run import Run
from rehearsal.engine.options import Options
from rehearsal.engine.result import Result
from rehearsal.engine.workspace import Workspace


def preview(workspace: Workspace, stack: str, options: Options, display: Listener) -> Result:
    """Show what `up` would do; nothing is changed, in the cloud or in the state.

    Raises EngineError when it can't even begin: a wrong project or configuration, a broken state.
    """
    return Run(workspace, stack, options, display).update(preview=True)


def up(workspace: Workspace, stack: str, options: Options, display: Listener) -> Result:
    """Make the stack what the program says. A stack that isn't there yet is created.

    Raises EngineError when it can't even begin: a wrong project or configuration, a broken state, a locked stack.
    """
    return Run(workspace, stack, options, display).update(preview=False)


def destroy(workspace: Workspace, stack: str, options: Options, display: Listener) -> Result:
    """Delete every resource of the stack; the program isn't run. History and configuration stay.

    Raises EngineError when it can't even begin: a wrong project or configuration, a broken state, a locked stack.
    """
    return Run(workspace, stack, options, display).destroy(preview=False)


def preview_destroy(workspace: Workspace, stack: str, options: Options, display: Listener) -> Result:
    """Show what `destroy` would delete, as `pulumi destroy --preview-only`."""
    return Run(workspace, stack, options, display).destroy(preview=True)
