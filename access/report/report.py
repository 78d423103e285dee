"""The report: what a change does to permissions, ready to be written in any format."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from access.report import principal
from access.report.directory import Directory, Role
from access.report.fate import Fate, Fates
from access.report.judgement import Change, Judge, Judgement, Note
from access.report.lives import Life, Lives, lives_in
from access.report.permission import OTHER_WAYS, Kind, is_grant, permission_of
from access.report.preview import Preview
from access.report.quoting import Sentence, visible
from access.report.state import State
from access.roles.risk import Risk
from access.urn import logical_name

_STACK = "pulumi:pulumi:Stack"


@dataclass(frozen=True)
class Party:
    """An identity, or an API or a scope, as a line names it."""

    name: str | None
    id: str | None
    """Its object id, or the ARM id of a scope; None if a preview does not know it."""
    urn: str | None
    """Of its resource, if it is of this stack."""
    hint: str | None = None
    """What tells it from another one of the same name in the same report."""


@dataclass(frozen=True)
class Line:
    """One permission: an identity, a role, and what the identity holds it on."""

    change: Change
    identity: Party
    role: Role
    target: Party
    kind: Kind
    grant: str
    """The URN of the resource that grants it."""
    operation: str | None
    """What the preview says of that resource; None if it does not mention it."""
    notes: tuple[Note, ...]
    cause: str | None
    """The URN of the resource that makes the preview uncertain, for ONLY_UNKNOWN and UNDECIDED."""
    previously: str | None
    """The identity's name before, if it is granted again to one with another name."""


@dataclass(frozen=True)
class Loss:
    """An identity, or an API's registration, that the change would take away, or may take away."""

    certain: bool
    kind: str
    """Such as `service principal`, or `system-assigned identity of a WebApp`."""
    name: str
    id: str | None
    urn: str
    because: Sentence
    """To follow the name: `is deleted`."""
    held: int
    """How many permissions of this stack its identity holds."""
    regranted: int
    """How many of them are granted again to the identity that comes in its place."""
    offered: int
    """How many permissions of this stack are held on it, if it is an API."""


@dataclass(frozen=True)
class Unread:
    """A resource that gives permissions in a way that the report does not follow."""

    operation: str
    urn: str
    type: str
    name: str


@dataclass(frozen=True)
class Report:
    """All there is to say about one change."""

    project: str
    stack: str
    complete: bool
    """Whether all permissions of the stack are there: without a state, what the change leaves alone is not."""
    losses: tuple[Loss, ...]
    lines: tuple[Line, ...]
    """In the order in which a reviewer should see them."""
    unread: tuple[Unread, ...]

    @property
    def counts(self) -> Counter[Change]:
        """How many permissions each change happens to."""
        return Counter(line.change for line in self.lines)

    @property
    def takeovers(self) -> tuple[Line, ...]:
        """The lines that give somebody a role that takes over everything, or change the condition that limits it."""
        gives = (Change.GRANTED, Change.REGRANTED)
        return tuple(
            line
            for line in self.lines
            if line.role.risk is Risk.TAKEOVER and (line.change in gives or Note.CONDITION_CHANGES in line.notes)
        )

    @property
    def dangerous(self) -> bool:
        """Whether an identity or an API is or may be lost, or a role that takes over everything is granted."""
        return bool(self.losses or self.takeovers)


def report_on(preview: Preview, state: State | None) -> Report:
    """Says what `preview` does to permissions; `state` is the one it was made from, if there is one to look at."""
    lives = lives_in(preview, state)
    directory, fates = Directory(lives), Fates(lives)
    judge = Judge(directory, fates)
    judgements = [judgement for life in lives if is_grant(life.latest) for judgement in judge.judge(life)]
    lines = _told_apart([_line(judgement, directory) for judgement in judgements])
    return Report(
        project=preview.project,
        stack=preview.stack,
        complete=state is not None or _is_first(preview),
        losses=tuple(_losses(lives, directory, fates, judgements)),
        lines=tuple(sorted(lines, key=_order)),
        unread=tuple(_unread(lives)),
    )


def _line(judgement: Judgement, directory: Directory) -> Line:
    permission, after = judgement.permission, judgement.after
    identity, target = judgement.identity, judgement.target
    name = directory.name_of_identity(permission, identity, after=after)
    previously = None
    if judgement.change is Change.REGRANTED and judgement.life.before is not None:
        earlier = permission_of(judgement.life.before)
        previously = directory.name_of_identity(earlier, directory.identity(earlier), after=False)
    return Line(
        change=judgement.change,
        identity=Party(name, permission.principal.value, _urn(identity)),
        role=directory.role(permission, target),
        target=Party(
            directory.name_of_target(permission, target, after=after),
            permission.target.value,
            _urn(target),
        ),
        kind=permission.kind,
        grant=judgement.life.latest.urn,
        operation=judgement.life.operation,
        notes=judgement.notes,
        cause=_urn(judgement.cause),
        previously=previously if previously != name else None,
    )


def _is_first(preview: Preview) -> bool:
    """Whether the preview creates the stack itself, before which there was nothing."""
    return any(
        step.new is not None and step.new.type == _STACK and step.operation == "create" for step in preview.steps
    )


def _urn(life: Life | None) -> str | None:
    return life.latest.urn if life is not None and not life.latest.external else None


def _told_apart(lines: Iterable[Line]) -> list[Line]:
    """Gives a hint to identities and APIs that share a name: display names are not unique in a tenant."""
    lines = list(lines)
    bearers: dict[str, set[str]] = {}
    parties = [party for line in lines for party in (line.identity, line.target)]
    for party in parties:
        if party.name:
            bearers.setdefault(visible(party.name), set()).add(party.urn or party.id or "")

    def hinted(party: Party) -> Party:
        if not party.name or len(bearers[visible(party.name)]) == 1:
            return party
        return replace(party, hint=logical_name(party.urn) if party.urn else party.id)

    return [replace(line, identity=hinted(line.identity), target=hinted(line.target)) for line in lines]


def _order(line: Line) -> tuple[object, ...]:
    return (
        list(Change).index(line.change),
        line.role.risk.rank,
        line.identity.name or "",
        line.target.name or "",
        line.role.name or line.role.id or "",
        line.grant,
    )


def _losses(lives: Lives, directory: Directory, fates: Fates, judgements: Iterable[Judgement]) -> Iterable[Loss]:
    held: Counter[int] = Counter()
    regranted: Counter[int] = Counter()
    offered: Counter[int] = Counter()
    for judgement in judgements:
        if judgement.life.before is not None and judgement.change is not Change.GRANTED:
            permission = permission_of(judgement.life.before)
            identity, target = directory.identity(permission), directory.target(permission)
            held[id(identity)] += 1
            offered[id(target)] += 1
            regranted[id(identity)] += Note.NEW_IDENTITY in judgement.notes
    for life in lives:
        verdict = fates.of(life)
        before = life.before
        if before is None or before.external or verdict.fate not in (Fate.LOST, Fate.UNDECIDED):
            continue
        kind = principal.kind_of(before)
        if kind is not None:
            yield Loss(
                certain=verdict.fate is Fate.LOST,
                kind=kind,
                name=directory.name_of_principal(life, after=False),
                id=principal.object_id(before),
                urn=before.urn,
                because=verdict.because,
                held=held[id(life)],
                regranted=regranted[id(life)],
                offered=offered[id(life)],
            )


def _unread(lives: Lives) -> Iterable[Unread]:
    for life in lives:
        resource = life.latest
        if resource.type in OTHER_WAYS and life.operation not in (None, "same", "refresh", "read"):
            yield Unread(str(life.operation), resource.urn, resource.type, resource.name.name)
