"""What can be done with a stack: the operations of the CLI."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rehearsal.engine import imports
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


def refresh(workspace: Workspace, stack: str, options: Options, display: Listener) -> Result:
    """Have the providers read every resource, and remember what they find; the program isn't run.

    Raises EngineError when it can't even begin: a wrong project or configuration, a broken state, a locked stack.
    """
    return Run(workspace, stack, options, display).refresh(preview=False)


def preview_refresh(workspace: Workspace, stack: str, options: Options, display: Listener) -> Result:
    """Show what `refresh` would find, as `pulumi refresh --preview-only`."""
    return Run(workspace, stack, options, display).refresh(preview=True)


def import_resources(
    workspace: Workspace,
    stack: str,
    options: Options,
    display: Listener,
    file: Mapping[str, Any],
    *,
    protect: bool = True,
) -> Result:
    """Take resources that exist into the state; `file` is the content of an import file, see `imports`.

    No code is generated. They are protected unless `protect` is False, as with the CLI.
    Raises EngineError when the file is wrong, or when it can't even begin.
    """
    run = Run(workspace, stack, options, display)
    return run.import_(imports.read(file, stack, run.project.name), protect=protect, preview=False)


def preview_import(
    workspace: Workspace,
    stack: str,
    options: Options,
    display: Listener,
    file: Mapping[str, Any],
    *,
    protect: bool = True,
) -> Result:
    """Show what `import_resources` would take into the state, as `pulumi import --preview-only`."""
    run = Run(workspace, stack, options, display)
    return run.import_(imports.read(file, stack, run.project.name), protect=protect, preview=True)
