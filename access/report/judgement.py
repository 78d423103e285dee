"""What becomes of a permission: kept, granted, revoked, granted again to a new identity, or not to be known yet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, StrEnum

from access.report.directory import Directory
from access.report.fate import Fate, Fates
from access.report.lives import Life
from access.report.permission import Kind, Permission, Reference, permission_of


class Change(StrEnum):
    """In the order in which a reviewer should see them."""

    REGRANTED = "re-granted"
    """The identity, or the API's registration, is a new one: the same permission is granted to it."""
    REVOKED = "revoked"
    GRANTED = "granted"
    UNDECIDED = "undecided"
    """The preview cannot know whether it stays."""
    KEPT = "kept"


class Note(StrEnum):
    """What a reviewer should know about a line besides its change."""

    ONLY_UNKNOWN = "only-unknown"
    """The preview shows a replacement because it does not know an id, which `up` will find unchanged."""
    RECREATED = "recreated"
    """The grant is deleted and created again, with nothing about the permission changed."""
    ADOPTED = "adopted"
    """It exists already, and the stack takes it under its control."""
    LEFT = "left"
    """It stays in Azure, and the stack no longer manages it."""
    DIES_WITH_IDENTITY = "dies-with-identity"
    DIES_WITH_TARGET = "dies-with-target"
    """The API's registration, or the scope, goes, and with it every permission on it."""
    NEW_IDENTITY = "new-identity"
    NEW_TARGET = "new-target"
    """The API's registration, or the scope, is a new one."""
    ROLE_UNKNOWN = "role-unknown"
    """Which role it will be is known only after `up`; the role shown is the one before."""
    ROLE_ID_CHANGES = "role-id-changes"
    """Another role of the same name: the API's role got another id, which to Entra is another role."""
    CONDITIONAL = "conditional"
    """An Azure role that holds under a condition only."""
    CONDITION_CHANGES = "condition-changes"


@dataclass(frozen=True)
class Judgement:
    """One line of the report: what becomes of one permission of one grant."""

    change: Change
    life: Life
    """Of the grant."""
    permission: Permission
    """As it will be, or as it was if it is revoked."""
    after: bool
    """Whether `permission` is as it will be."""
    identity: Life | None
    """The resource whose identity holds it, if it is of the stack."""
    target: Life | None
    notes: tuple[Note, ...] = ()
    cause: Life | None = None
    """For ONLY_UNKNOWN and UNDECIDED: the resource whose change makes the preview uncertain."""


class _Part(Enum):
    """How one of the three ids of a permission compares before and after."""

    SAME = "same"
    NEW = "new"
    """It is what comes in the place of what is lost."""
    OTHER = "other"
    GONE = "gone"
    """It is lost, and nothing comes in its place."""
    UNDECIDED = "undecided"


class Judge:
    """Judges the grants of one stack."""

    def __init__(self, directory: Directory, fates: Fates) -> None:
        """Takes what is known of the stack's identities and APIs, and what becomes of each resource."""
        self._directory = directory
        self._fates = fates

    def judge(self, grant: Life) -> Iterator[Judgement]:
        """Says what becomes of what a grant gives: one line, or two if one permission takes another's place."""
        before = permission_of(grant.before) if grant.before is not None else None
        after = permission_of(grant.after) if grant.after is not None else None
        if before is None and after is not None:
            yield self._line(Change.GRANTED, grant, after, after=True)
        elif before is not None and after is None:
            yield self._ended(grant, before)
        elif before is not None and after is not None:
            yield from self._compared(grant, before, after)

    def _line(
        self,
        change: Change,
        grant: Life,
        permission: Permission,
        *notes: Note,
        after: bool,
        cause: Life | None = None,
    ) -> Judgement:
        identity, target = self._directory.identity(permission), self._directory.target(permission)
        if permission.conditional:
            notes = (*notes, Note.CONDITIONAL)
        return Judgement(change, grant, permission, after, identity, target, notes, cause)

    def _ended(self, grant: Life, before: Permission) -> Judgement:
        if grant.retained and self._doom(before) is None:
            return self._line(Change.KEPT, grant, before, Note.LEFT, after=False)
        return self._line(Change.REVOKED, grant, before, after=False)

    def _doom(self, before: Permission) -> Note | None:
        """Returns why a permission ends whatever the stack does with its grant."""
        for life, note in (
            (self._directory.identity(before), Note.DIES_WITH_IDENTITY),
            (self._directory.target(before), Note.DIES_WITH_TARGET),
        ):
            if life is not None and self._fates.of(life).fate is Fate.LOST:
                return note
        return None

    def _compared(self, grant: Life, before: Permission, after: Permission) -> Iterator[Judgement]:
        if grant.operation not in ("update", "replace"):
            yield self._untouched(grant, before)
            return
        identity, target = self._directory.identity, self._directory.target
        who, uncertain_who = self._reference(before.principal, after.principal, identity(before), identity(after))
        where, uncertain_where = self._reference(before.target, after.target, target(before), target(after))
        what = self._role(before, after)
        parts = (who, where, what)
        role = (Note.ROLE_UNKNOWN,) if what is _Part.UNDECIDED else ()
        shown = before if role else after
        if _Part.GONE in parts:
            note = Note.DIES_WITH_IDENTITY if who is _Part.GONE else Note.DIES_WITH_TARGET
            yield self._line(Change.REVOKED, grant, before, note, after=False)
        elif _Part.OTHER in parts:
            notes = (Note.ROLE_ID_CHANGES,) if what is _Part.OTHER and self._same_name(before, after) else ()
            yield self._line(Change.REVOKED, grant, before, *notes, after=False)
            yield self._line(Change.GRANTED, grant, after, *notes, after=True)
        elif _Part.NEW in parts:
            news = [Note.NEW_IDENTITY] * (who is _Part.NEW) + [Note.NEW_TARGET] * (where is _Part.NEW)
            yield self._line(Change.REGRANTED, grant, shown, *news, *role, after=True)
        elif _Part.UNDECIDED in parts:
            cause = uncertain_who if who is _Part.UNDECIDED else uncertain_where
            yield self._line(Change.UNDECIDED, grant, shown, *role, after=True, cause=cause)
        else:
            yield self._kept(grant, before, after, uncertain_who or uncertain_where)

    def _untouched(self, grant: Life, before: Permission) -> Judgement:
        doom = self._doom(before)
        if doom is not None:
            return self._line(Change.REVOKED, grant, before, doom, after=False)
        for life in (self._directory.identity(before), self._directory.target(before)):
            if life is not None and self._fates.of(life).fate is Fate.UNDECIDED:
                return self._line(Change.UNDECIDED, grant, before, after=True, cause=life)
        notes = (Note.ADOPTED,) if grant.operation == "import" else ()
        return self._line(Change.KEPT, grant, before, *notes, after=True)

    def _kept(self, grant: Life, before: Permission, after: Permission, because: Life | None) -> Judgement:
        only_unknown = None in (after.principal.value, after.role.value, after.target.value)
        shown = before if only_unknown else after
        notes: tuple[Note, ...] = ()
        if grant.replaced:
            notes = (Note.ONLY_UNKNOWN if only_unknown else Note.RECREATED,)
        if before.condition != after.condition:
            notes = (*notes, Note.CONDITION_CHANGES)
        return self._line(Change.KEPT, grant, shown, *notes, after=True, cause=because)

    def _reference(
        self, before: Reference, after: Reference, old: Life | None, new: Life | None
    ) -> tuple[_Part, Life | None]:
        """Compares an identity, or an API or a scope, before and after; names the resource that is only unknown."""
        old_fate = self._fates.of(old).fate if old is not None else None
        if after.key is not None:
            if after.key != before.key:
                return _Part.OTHER, None
            return (_Part.GONE if old_fate is Fate.LOST else _Part.SAME), None
        if new is None:
            return _Part.UNDECIDED, None
        fate = self._fates.of(new).fate
        if new is not old:
            return (_Part.NEW if old_fate is Fate.LOST and fate is Fate.NEW else _Part.OTHER), None
        if fate is Fate.LOST:
            return (_Part.NEW if new.replaced else _Part.GONE), None
        return (_Part.SAME if fate is Fate.KEPT else _Part.UNDECIDED), new

    def _role(self, before: Permission, after: Permission) -> _Part:
        if after.role.key is None:
            # An id of a role definition that comes from its scope only takes the subscription from there.
            return _Part.SAME if self._comes_from_kept_azure(after) else _Part.UNDECIDED
        return _Part.SAME if after.role.key == before.role.key else _Part.OTHER

    def _same_name(self, before: Permission, after: Permission) -> bool:
        names = [self._directory.role(each, self._directory.target(each)).name for each in (before, after)]
        return names[0] is not None and names[0] == names[1]

    def _comes_from_kept_azure(self, after: Permission) -> bool:
        if after.kind is not Kind.AZURE_ROLE or not after.role.sources:
            return False
        return self._fates.another_among(after.role.sources) is None
