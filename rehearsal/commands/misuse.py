"""What to say about a command line that asks for what its command does not have."""

from __future__ import annotations

from typing import Any

from typer.exceptions import TyperException

_OF_THE_CLI = {"destroy", "import", "preview", "refresh", "stack", "up"}
"""Commands that the real CLI has, too."""


def explained(fault: TyperException) -> str:
    """What is wrong with the command line, by name, and what there is instead."""
    context: Any = getattr(fault, "ctx", None)
    if context is None:
        return fault.format_message()
    unknown = getattr(fault, "option_name", None)
    if unknown is None:
        return f"{fault.format_message()}\nTry: {context.command_path} --help"
    flags = ", ".join(flag for flag in _flags(context.command) if flag not in ("--state", "--help"))
    command = context.command_path.rpartition("rehearsal ")[2]
    if command.split(" ")[0] not in _OF_THE_CLI:
        return f"unknown flag: {unknown}\nTry: {context.command_path} --help"
    return (
        f"unknown flag: {unknown}\n`{context.command_path}` honours these flags of `pulumi {command}`: {flags}.\n"
        f"With any other, run the real CLI on the same stack: python -m rehearsal pulumi {command} {unknown} …"
    )


def _flags(command: Any) -> list[str]:
    """The long names of a command's options."""
    return sorted(max(parameter.opts, key=len) for parameter in command.params if parameter.opts[0].startswith("-"))
