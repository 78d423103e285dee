"""A stack's configuration file, `Pulumi.<stack>.yaml`: reading what it grants, and writing imports into it."""

from __future__ import annotations

import difflib
import io
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import YAMLError

from access.errors import BadInputError
from access.stack import entries
from access.stack.draft import Draft
from access.stack.entries import ApiEntry, CallerEntry


class Configuration:
    """The file, with its comments and its order; changes are in memory until they are written."""

    def __init__(self, file: Path, project: str) -> None:
        """Reads `file`, whose keys for this project begin with `{project}:`. Raises BadInputError."""
        self.file = file
        self._project = project
        self._yaml = YAML()
        self._yaml.preserve_quotes = True
        self._yaml.width = 120
        self._yaml.indent(mapping=2, sequence=4, offset=2)
        try:
            self._before = file.read_text(encoding="utf-8")
            self._document = self._yaml.load(self._before) or CommentedMap()
        except OSError as error:
            raise BadInputError(
                f"{file} cannot be read: {error.strerror}. It is the configuration of the stack; name its folder with "
                "--project, or another stack with --stack."
            ) from error
        except YAMLError as error:
            raise BadInputError(f"{file} is not YAML: {error}") from error
        if not isinstance(self._document, Mapping) or not isinstance(self._document.get("config", {}), Mapping):
            raise BadInputError(f"{file} is not a stack's configuration: it has no object `config`.")

    @property
    def callers(self) -> dict[str, CallerEntry]:
        """What it says of each function app, by the names of their components."""
        return entries.callers(self._document.setdefault("config", CommentedMap()), self._project)

    @property
    def apis(self) -> dict[str, ApiEntry]:
        """What it says of each API, by the names of their components."""
        return entries.apis(self._document.get("config", {}), self._project)

    def declares(self, caller: str, names: frozenset[str], role: str) -> bool:
        """Whether a grant of the caller on an API of one of `names` holds the role."""
        return any(role in (grant.get("roles") or ()) for grant in self._grants(caller, names))

    def import_grant(self, caller: str, names: frozenset[str], name: str, role: str, identifier: str) -> None:
        """Lets the next `up` take over an assignment: declares the role, unless it is, and names the id to import.

        `caller` is one of `callers`, `names` are those that a grant may call the API by, `name` the one for a new
        grant.
        """
        grants = self._grants(caller, names)
        grant = next((each for each in grants if role in (each.get("roles") or ())), grants[0] if grants else None)
        if grant is None:
            grant = CommentedMap({"api": name, "roles": []})
            entry = self.callers[caller]
            entry.holder.setdefault(entry.key, []).append(grant)
        if role not in grant["roles"]:
            grant["roles"].append(role)
        grant.setdefault("import", CommentedMap())[role] = identifier

    def take_out_imports(self, made: Collection[str]) -> list[str]:
        """Takes out the imports of ids that the state holds by now, and returns them.

        They have done what they were for; once a new identity gets a new assignment, an import of the old one would
        stop every `up`.
        """
        taken = []
        for entry in entries.importing(self._document.get("config", {}), self._project):
            imports = entry["import"]
            for name in [name for name, identifier in imports.items() if identifier in made]:
                taken.append(str(imports.pop(name)))
            if not imports:
                del entry["import"]
        return taken

    def difference(self) -> str:
        """Returns what writing would change, as a unified diff; empty for nothing."""
        return "".join(
            difflib.unified_diff(
                self._before.splitlines(keepends=True),
                self._text().splitlines(keepends=True),
                self.file.name,
                self.file.name,
            )
        )

    def write(self, draft: Draft) -> None:
        """Lets the file's draft take its place, if there is anything to write. Raises BusyError."""
        if self.difference():
            draft.take_place(self._before, self._text())

    def _text(self) -> str:
        stream = io.StringIO()
        self._yaml.dump(self._document, stream)
        return stream.getvalue()

    def _grants(self, caller: str, names: frozenset[str]) -> list[Any]:
        return [each for each in self.callers[caller].grants if str(each.get("api")) in names]
