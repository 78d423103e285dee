"""The configuration of a stack as the engine hands it to a program."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from access.errors import BadInputError
from access.stack import entries

_HIDDEN = "[secret]"


@dataclass(frozen=True)
class ProgramConfig:
    """Full keys to texts: what is not a text is JSON (Pulumi documentation, "Structured configuration")."""

    values: dict[str, str]
    secrets: list[str]
    """The keys that hold anything encrypted. Their values are masked: preflight has no use for them."""
    grants: tuple[Mapping[str, Any], ...]
    """What the function apps are granted."""
    apis: Mapping[str, str]
    """Where each API of the stack is configured, such as `keyless:apis[1]`, by the name of its component."""

    @classmethod
    def read(cls, folder: Path, project: str, file: Path) -> ProgramConfig:
        """Reads the defaults of `Pulumi.yaml` in `folder` and the stack's `file`. Raises BadInputError."""
        schema = _mapping(folder / "Pulumi.yaml").get("config") or {}
        defaults = {
            (key if ":" in key else f"{project}:{key}"): entry["default"]
            for key, entry in schema.items()
            if isinstance(entry, dict) and "default" in entry
        }
        given = _mapping(file).get("config") or {}
        merged = {**defaults, **given}
        return cls(
            values={key: _as_text(_masked(value)) for key, value in merged.items()},
            secrets=[key for key, value in merged.items() if _masked(value) != value],
            grants=tuple(grant for caller in entries.callers(merged, project).values() for grant in caller.grants),
            apis={name: api.path for name, api in entries.apis(merged, project).items()},
        )


def _mapping(file: Path) -> dict[str, Any]:
    try:
        document = YAML(typ="safe").load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadInputError(
            f"{file} cannot be read: {error.strerror}. Name its folder with --project, or another stack with --stack."
        ) from error
    except YAMLError as error:
        raise BadInputError(f"{file} is not YAML: {error}") from error
    if document is not None and not isinstance(document, dict):
        raise BadInputError(f"{file} is not an object.")
    return document or {}


def _masked(value: Any) -> Any:
    if isinstance(value, dict):
        return _HIDDEN if value.keys() == {"secure"} else {key: _masked(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_masked(each) for each in value]
    return value


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
