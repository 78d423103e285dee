"""preview, up, refresh, import and destroy as the CLI carries them out: a preview first, a question, then the run."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from rehearsal.engine import operations
from rehearsal.engine.display import display
from rehearsal.engine.options import Options
from rehearsal.engine.result import Result
from rehearsal.engine.workspace import Workspace
from rehearsal.errors import NotConfirmedError, RehearsalError
from rehearsal.folder import RehearsalFolder
from rehearsal.stand_in import reached
from rehearsal.subscriptions import provide
from rehearsal.workspace import configuration_of, fit_out


@dataclass(frozen=True)
class Consent:
    """The user's, as flags: to go on without asking, without a preview, or no further than that."""

    yes: bool = False
    skip_preview: bool = False
    preview_only: bool = False

    def __post_init__(self) -> None:
        """Raises RehearsalError when the flags contradict each other."""
        if self.skip_preview and self.preview_only:
            raise RehearsalError("--skip-preview and --preview-only cannot be used together")


@dataclass(frozen=True)
class Deployment:
    """One command on one stack. Each method returns whether the command succeeded."""

    workspace: Workspace
    stack: str
    options: Options
    diff: bool = False
    json: bool = False

    @classmethod
    @contextmanager
    def of(
        cls,
        folder: RehearsalFolder,
        project: Path,
        stack: str,
        config_file: Path | None,
        options: Options,
        diff: bool = False,
        json: bool = False,
    ) -> Iterator[Deployment]:
        """A deployment of the program in `project` to the stand-in of `folder`, which is there while the block runs.

        Raises RehearsalError when the stand-in can't be reached, UnknownStackError when the stack has no configuration.
        """
        project = project.absolute()
        described = configuration_of(project, stack, config_file)
        with reached(folder) as endpoint:
            provide(endpoint, described)
            yield cls(fit_out(folder, project, endpoint, config_file=config_file), stack, options, diff, json)

    def preview(self) -> bool:
        """Show what `up` would do."""
        return self._run(operations.preview).succeeded

    def up(self, consent: Consent) -> bool:
        """Make the stack what the program says. Raises NotConfirmedError when nobody is there to say yes."""
        return self._with_consent(consent, "update", operations.preview, operations.up)

    def refresh(self, consent: Consent) -> bool:
        """Remember what is really there. Raises NotConfirmedError when nobody is there to say yes."""
        return self._with_consent(consent, "refresh", operations.preview_refresh, operations.refresh)

    def import_(self, consent: Consent, file: Path, *, protect: bool) -> bool:
        """Take the resources of an import file into the state.

        Raises RehearsalError for a file that is none, NotConfirmedError when nobody is there to say yes.
        """
        try:
            document = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as fault:
            raise RehearsalError(f"{file} can't be read as an import file: {fault}") from fault
        if not isinstance(document, dict):
            raise RehearsalError(f"{file} is no import file: it holds a {type(document).__name__}, not an object")
        preview, run = (
            partial(operation, file=document, protect=protect)
            for operation in (operations.preview_import, operations.import_resources)
        )
        return self._with_consent(consent, "import", preview, run)

    def destroy(self, consent: Consent) -> bool:
        """Delete every resource. Raises NotConfirmedError when nobody is there to say yes."""
        return self._with_consent(consent, "destroy", operations.preview_destroy, operations.destroy)

    def _with_consent(
        self, consent: Consent, what: str, preview: Callable[..., Result], run: Callable[..., Result]
    ) -> bool:
        if consent.preview_only:
            return self._run(preview).succeeded
        asking = not (consent.yes or consent.skip_preview)
        if asking and not sys.stdin.isatty():
            raise NotConfirmedError(
                "--yes or --skip-preview or --preview-only must be passed in to proceed when running in "
                "non-interactive mode"
            )
        if not consent.skip_preview:
            # Whether there were changes is only asked after they have been made.
            options = replace(self.options, expect_no_changes=False)
            if not replace(self, options=options)._run(preview).succeeded:
                return False
        if asking and input(f"Do you want to perform this {what}? Type yes to go on: ").strip().lower() != "yes":
            raise RehearsalError(f"confirmation declined, not proceeding with the {what}")
        return self._run(run).succeeded

    def _run(self, operation: Callable[..., Result]) -> Result:
        return operation(self.workspace, self.stack, self.options, display(sys.stdout, json=self.json, diff=self.diff))
