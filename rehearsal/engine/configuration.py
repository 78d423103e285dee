"""`Pulumi.<stack>.yaml` and what the program is given of it.

A value reaches the program as text: objects and lists as JSON, secrets decrypted and listed as secret (pulumi/pulumi,
sdk/go/common/resource/config/object.go and pkg/workspace/config.go).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rehearsal.engine.errors import ConfigurationError, NotSupported
from rehearsal.engine.project import Project, read_yaml
from rehearsal.engine.state.passphrase import Secrets
from rehearsal.engine.values import Properties, Secret

_REFUSED = {"encryptedkey", "environment"}
_WITHOUT_EFFECT = {"pulumi:tags", "pulumi:template"}
"""Keys of Pulumi's own that only mean something to Pulumi Cloud and to `pulumi new`."""


@dataclass(frozen=True)
class StackFile:
    """The content of `Pulumi.<stack>.yaml`; `salt_line` is its `encryptionsalt`, "" when it has none."""

    path: Path
    values: Mapping[str, Any] = field(default_factory=dict)
    salt_line: str = ""

    @classmethod
    def read(cls, path: Path, project: str) -> StackFile:
        """Read the file; a missing one is an empty one.

        Raises ConfigurationError when it is wrong, NotSupported for what this engine doesn't do.
        """
        if not path.exists():
            return cls(path)
        content = read_yaml(path)
        refused = sorted(_REFUSED & content.keys())
        if content.get("secretsprovider") not in (None, "", "passphrase"):
            refused.append(f"secretsprovider {content['secretsprovider']!r}")
        if refused:
            raise NotSupported(
                f"{path} sets {', '.join(refused)}; this engine only has the passphrase provider and no environments."
            )
        values = content.get("config") or {}
        if not isinstance(values, dict):
            raise ConfigurationError(f"{path}: 'config' must be a map of keys and values.")
        named = {_key(path, str(key), project): value for key, value in values.items()}
        unheeded = sorted(key for key in named if key.startswith("pulumi:") and key not in _WITHOUT_EFFECT)
        if unheeded:
            raise NotSupported(f"{path} sets {', '.join(unheeded)}, which this engine does not heed. Remove it.")
        return cls(path, named, str(content.get("encryptionsalt") or ""))


def _key(path: Path, key: str, project: str) -> str:
    parts = key.split(":")
    if len(parts) == 3 and parts[1] == "config":
        return f"{parts[0]}:{parts[2]}"
    if len(parts) == 1:
        return f"{project}:{key}"
    if len(parts) == 2 and all(parts):
        return key
    raise ConfigurationError(
        f"{path}: could not parse {key} as a configuration key (configuration keys should be of the form "
        "`<namespace>:<name>`)"
    )


@dataclass(frozen=True)
class Configuration:
    """The configuration of a run: every value as the text the program gets, and the keys of those that are secret."""

    values: Mapping[str, str]
    secret_keys: frozenset[str] = frozenset()

    def of_package(self, package: str) -> Properties:
        """The values in a package's namespace, as its default provider is configured with."""
        return {
            key.removeprefix(f"{package}:"): Secret(value) if key in self.secret_keys else value
            for key, value in self.values.items()
            if key.startswith(f"{package}:")
        }

    def shown(self) -> dict[str, Any]:
        """The values for people: secrets hidden, objects as objects."""
        return {key: "[secret]" if key in self.secret_keys else value for key, value in sorted(self.values.items())}


def combined(
    project: Project, stack: str, file: StackFile, secrets: Secrets, *, validated: bool = True
) -> Configuration:
    """The stack's values and, for keys it doesn't set, the project's; `validated` by what the project declares.

    Raises ConfigurationError, with every fault, when a value is missing, of another type than the project declares, or
    in clear where the project wants a secret.
    """
    raw = dict(file.values)
    missing = [
        key.removeprefix(f"{project.name}:")
        for key, setting in sorted(project.config.items())
        if key not in raw and not setting.has_value and key.startswith(f"{project.name}:")
    ]
    faults = []
    if missing:
        faults.append(f"Stack '{stack}' is missing configuration {_listed(missing)}")
    raw |= {key: s.value for key, s in project.config.items() if key not in raw and s.has_value}
    for key, setting in sorted(project.config.items()):
        if key not in raw or not setting.type:
            continue
        name = key.removeprefix(f"{project.name}:")
        if setting.secret and not _has_secrets(raw[key]):
            faults.append(f"Stack '{stack}' with configuration key '{name}' must be encrypted as it's secret")
        elif not setting.accepts(_decrypted(raw[key], secrets)):
            faults.append(f"Stack '{stack}' with configuration key '{name}' must be of type '{setting.full_type}'")
    if faults and validated:
        raise ConfigurationError("\n".join(faults) + f"\nCorrect it in {file.path}")
    values = {key: _text(_decrypted(value, secrets)) for key, value in raw.items()}
    return Configuration(values, frozenset(key for key, value in raw.items() if _has_secrets(value)))


def _listed(names: list[str]) -> str:
    quoted = [f"'{name}'" for name in names]
    if len(quoted) == 1:
        return f"value {quoted[0]}"
    return f"values {', '.join(quoted[:-1])} and {quoted[-1]}"


def _is_secure(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() == {"secure"} and isinstance(value["secure"], str)


def _has_secrets(value: Any) -> bool:
    if _is_secure(value):
        return True
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(map(_has_secrets, parts))


def _decrypted(value: Any, secrets: Secrets) -> Any:
    if _is_secure(value):
        return secrets.decrypt(value["secure"])
    if isinstance(value, dict):
        return {str(key): _decrypted(part, secrets) for key, part in value.items()}
    return [_decrypted(part, secrets) for part in value] if isinstance(value, list) else value


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), ensure_ascii=False)
