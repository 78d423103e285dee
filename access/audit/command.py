"""`python -m access audit`: what is granted beside what was declared."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from contextlib import ExitStack, closing
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from access.audit import adoption, revocation
from access.audit.audit import Audit, audit
from access.audit.document import document
from access.audit.finding import Finding, Standing
from access.audit.sarif import sarif
from access.audit.table import table
from access.cloud.cloud import Cloud, signed_in
from access.cloud.progress import Progress
from access.errors import AccessError, BadInputError
from access.report.state import parse_state
from access.stack import source
from access.stack.configuration import Configuration
from access.stack.draft import Draft, draft_of
from access.stack.options import Backend, ConfigFile, Project, StackName, StateFile
from access.stack.source import Wanted
from access.stack.stack import Stack

DRIFT = 3
"""The exit status for a tenant that is not as declared; 2 is taken by wrong usage of the command line."""


class Format(StrEnum):
    """How the audit is written."""

    TABLE = "table"
    JSON = "json"
    SARIF = "sarif"


def audit_command(
    stack: StackName,
    project: Project = Path(),
    state: StateFile = None,
    backend: Backend = None,
    config_file: ConfigFile = None,
    format_: Annotated[Format, typer.Option("--format", help="How the audit is written.")] = Format.TABLE,
    adopt: Annotated[
        bool, typer.Option("--adopt", help="Show the imports that bring what is not declared under control.")
    ] = False,
    revoke: Annotated[
        bool,
        typer.Option(
            "--revoke", help="Show how to take away what is not declared; with --adopt, what that cannot take over."
        ),
    ] = False,
    only: Annotated[
        list[str] | None, typer.Option(help="Adopt or revoke this id only (may be repeated).", metavar="ID")
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Do what --adopt and --revoke show, after showing it.")
    ] = False,
) -> None:
    """Compare the tenant with a stack: who really holds which role, and what nobody declared.

    Exit status: 0 what is granted is what was declared; 1 the audit could not be made; 2 wrong usage; 3 drift. With
    --yes: 0 once nothing is left but what the next `pulumi up` imports.
    """
    if (yes or only) and not (adopt or revoke):
        raise BadInputError("--yes and --only say what to do with --adopt or --revoke: add one of these.")
    wanted = Wanted(stack, source.project_of(project), project, state, backend)
    described = config_file or project / f"Pulumi.{stack}.yaml"
    with ExitStack() as held:
        deployed = Stack(parse_state(*source.read(wanted, os.environ)))
        draft = held.enter_context(draft_of(described)) if adopt and yes else None
        configuration = Configuration(described, wanted.project) if adopt else None
        progress = held.enter_context(closing(Progress()))
        cloud = held.enter_context(signed_in(os.environ, progress))
        result = audit(cloud, deployed, progress, os.environ.get("ARM_SUBSCRIPTION_ID"))
        progress.close()
        _write(result, stack, described, format_)
        chosen = _chosen(result.findings, only)
        left = [found for found in result.findings if found.drifts]
        if configuration is not None:
            adopted = _adopt(chosen, result, deployed, configuration, cloud, stack, draft)
            chosen = [found for found in chosen if found not in adopted]
            left = [found for found in left if not (yes and found in adopted)]
        if revoke:
            revoked = _revoke(chosen, cloud, yes=yes)
            left = [found for found in left if found not in revoked]
    if left:
        raise typer.Exit(DRIFT)


def _write(result: Audit, stack: str, described: Path, format_: Format) -> None:
    match format_:
        case Format.TABLE:
            written = table(result, stack)
        case Format.JSON:
            written = json.dumps(document(result, stack), indent=2) + "\n"
        case Format.SARIF:
            written = json.dumps(sarif(result, stack, described), indent=2) + "\n"
    # Bytes, whatever encoding the terminal or the CI machine has: names come in every script.
    typer.echo(written.encode(), nl=False)


def _chosen(findings: Sequence[Finding], only: Sequence[str] | None) -> list[Finding]:
    undeclared = [found for found in findings if found.standing is Standing.UNDECLARED]
    if not only:
        return undeclared
    unknown = [each for each in only if each not in {found.id for found in undeclared}]
    if unknown:
        raise BadInputError(
            *(f"--only {each}: nothing undeclared has this id. Ids are in the last column." for each in unknown)
        )
    return [found for found in undeclared if found.id in only]


def _adopt(
    chosen: Sequence[Finding],
    result: Audit,
    stack: Stack,
    configuration: Configuration,
    cloud: Cloud,
    name: str,
    draft: Draft | None,
) -> list[Finding]:
    """Shows the imports, and writes them if there is a draft to write to; returns what they take over."""
    adoptions, others = adoption.plan(chosen, stack, configuration, cloud.graph)
    for other in others:
        _say(other.told(name))
    made = configuration.take_out_imports(stack.ids)
    for identifier in made:
        _say(f"made: the import of {identifier} is in the state, and not needed in the configuration any more")
    if not adoptions and not made:
        _say("Nothing to adopt.")
        return []
    for each in adoptions:
        _say(str(each))
    _say(configuration.difference().rstrip("\n") or f"{configuration.file.name} names these imports already.")
    if draft is not None:
        configuration.write(draft)
    written = f"{'Written to' if draft else 'With --yes this is written to'} {configuration.file}."
    if not adoptions:
        _say(written)
        return []
    anew = adoption.stale(adoptions, result.findings)
    refresh = " --refresh" if anew else ""
    _say(f"{written} Then import with: pulumi up{refresh} --stack {name}")
    if anew:
        _say(f"(--refresh, since the state holds former ids of {', '.join(anew)}.)")
    return [each.finding for each in adoptions]


def _revoke(chosen: Sequence[Finding], cloud: Cloud, *, yes: bool) -> list[Finding]:
    """Shows the revocations, and with `yes` makes them; returns what is gone."""
    revocations = revocation.plan(chosen)
    for each in revocations:
        _say(str(each))
    if not revocations:
        _say("Nothing to revoke.")
        return []
    if not yes:
        _say(f"With --yes {'this is' if len(revocations) == 1 else f'these {len(revocations)} are'} taken away.")
        return []
    done: list[Finding] = []
    failures: list[tuple[revocation.Revocation, AccessError]] = []
    for each in revocations:
        try:
            revocation.carry_out(each, cloud)
            done.append(each.finding)
        except AccessError as error:
            failures.append((each, error))
    if failures:
        raise revocation.PartlyDoneError(len(done), failures)
    _say(f"{len(done)} revoked.")
    return done


def _say(text: str) -> None:
    """Beside the audit itself, so that its JSON stays JSON."""
    typer.echo(text.encode(), err=True)
