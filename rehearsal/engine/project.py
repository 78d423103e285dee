"""`Pulumi.yaml`: the project's name, how its program is run, and which configuration it knows.

The rules and texts are those of pulumi/pulumi, sdk/go/common/workspace/project.go.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from rehearsal.engine.errors import ConfigurationError, NotSupported

_IRRELEVANT = {"description", "author", "website", "license", "template", "backend"}
_REFUSED = {"plugins", "packages", "options"}
_TYPES = ("string", "integer", "boolean", "array", "object")


class _Loader(yaml.SafeLoader):
    """YAML as Go reads it: `yes`, `no`, `on` and `off` are texts, and so are dates."""


_Loader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern)
        for tag, pattern in resolvers
        if tag not in ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp")
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF")
)


def read_yaml(path: Path) -> dict[str, Any]:
    """A YAML file that holds a map; an empty one holds none.

    Raises ConfigurationError, naming the file, when it can't be read.
    """
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - a SafeLoader
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as fault:
        raise ConfigurationError(f"{path} can't be read: {fault}") from fault
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise ConfigurationError(f"{path} holds {type(content).__name__}, expected a map of keys and values.")
    return content


@dataclass(frozen=True)
class Setting:
    """One key of the project's `config:`. `type` is "" when only a value is given; `value` is its value or default."""

    type: str = ""
    items: Setting | None = None
    value: Any = None
    has_value: bool = False
    secret: bool = False

    @property
    def full_type(self) -> str:
        """The type as messages name it, as `array<string>`."""
        return f"array<{self.items.full_type}>" if self.items else self.type

    def accepts(self, value: Any) -> bool:
        """Whether a value is of the type; whole numbers and booleans may be written as texts."""
        match self.type:
            case "string":
                return isinstance(value, str)
            case "integer":
                if isinstance(value, str):
                    return re.fullmatch(r"[+-]?\d+", value) is not None
                return not isinstance(value, bool) and isinstance(value, (int, float)) and value == int(value)
            case "boolean":
                return isinstance(value, bool) or value in ("true", "false")
            case "object":
                return isinstance(value, dict)
            case _:
                return isinstance(value, list) and self.items is not None and all(map(self.items.accepts, value))


@dataclass(frozen=True)
class Project:
    """A Pulumi project. `main` is what Python runs, a folder with `__main__.py` or a file."""

    name: str
    root: Path
    main: Path
    stack_config_folder: Path
    config: Mapping[str, Setting] = field(default_factory=dict)

    @classmethod
    def read(cls, root: Path) -> Project:
        """Read `Pulumi.yaml` of a folder.

        Raises ConfigurationError when there is none or it is wrong, NotSupported for what this engine doesn't do.
        """
        path = next((root / name for name in ("Pulumi.yaml", "Pulumi.yml") if (root / name).exists()), None)
        if path is None:
            raise ConfigurationError(f"no Pulumi.yaml project file found in {root}. Run this in a Pulumi project.")
        content = read_yaml(path)
        refused = sorted(_REFUSED & content.keys())
        if refused:
            raise NotSupported(
                f"{path} sets {', '.join(refused)}, which this engine does not support. Remove it or use pulumi."
            )
        name = content.get("name")
        if not isinstance(name, str) or not name:
            raise ConfigurationError(f"{path}: project is missing a 'name' attribute")
        runtime = content.get("runtime")
        language = runtime.get("name") if isinstance(runtime, dict) else runtime
        if language != "python":
            raise NotSupported(f"{path}: the runtime is {language!r}; this engine runs python programs only.")
        settings = {
            f"{name}:{key}" if ":" not in key else key: _setting(path, name, key, value)
            for key, value in (content.get("config") or {}).items()
        }
        main = root / content["main"] if content.get("main") else root
        return cls(name, root, main, root / (content.get("stackConfigDir") or "."), settings)


def _setting(path: Path, project: str, key: str, content: Any) -> Setting:
    if not isinstance(content, dict):
        return Setting(value=content, has_value=True)
    own = ":" not in key or key.startswith(f"{project}:")
    if "default" in content and "value" in content:
        raise ConfigurationError(f"{path}: project config '{key}' cannot have both a 'default' and 'value' attribute")
    if not own:
        for attribute, says in (("type", "define a type"), ("default", "define a default value")):
            if attribute in content:
                raise ConfigurationError(
                    f"{path}: Configuration key '{key}' is not namespaced by the project and should not {says}"
                )
        if "value" not in content:
            raise ConfigurationError(
                f"{path}: Configuration key '{key}' is namespaced and must provide an attribute 'value'"
            )
    setting = Setting(
        type=_type(path, key, content),
        items=_items(path, key, content),
        value=content.get("default", content.get("value")),
        has_value=content.get("default", content.get("value")) is not None,
        secret=bool(content.get("secret", False)),
    )
    if setting.type and "default" in content and not setting.accepts(content["default"]):
        raise ConfigurationError(
            f"{path}: The default value specified for configuration key '{key}' is not of the expected type "
            f"'{setting.full_type}'"
        )
    return setting


def _type(path: Path, key: str, content: dict[str, Any]) -> str:
    type_ = content.get("type", "")
    if type_ and type_ not in _TYPES:
        raise ConfigurationError(
            f"{path}: configuration key '{key}' has type {type_!r}; allowed are {', '.join(_TYPES)}"
        )
    if type_ == "array" and "items" not in content:
        raise ConfigurationError(
            f"{path}: The configuration key '{key}' declares an array but does not specify the underlying type via the "
            "'items' attribute"
        )
    return str(type_)


def _items(path: Path, key: str, content: dict[str, Any]) -> Setting | None:
    items = content.get("items")
    if not isinstance(items, dict):
        return None
    return Setting(type=_type(path, key, items), items=_items(path, key, items))
