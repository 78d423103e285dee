"""Finding the old resource behind a registration, by its URN or by one of its former names."""

from __future__ import annotations

from collections.abc import Generator, Iterable

from rehearsal.engine import urn as urns
from rehearsal.engine.plan.questions import PlanError, Question, Tell
from rehearsal.engine.plan.session import Session
from rehearsal.engine.resource import Alias, Resource


def claim_urn(session: Session, parent: str, type_: str, name: str) -> Generator[Question, None, str]:
    """The URN of a new registration.

    Raises PlanError when its parent isn't registered yet or the URN is taken.
    """
    if parent and parent not in session.registered:
        raise PlanError(f"could not find parent resource {parent}")
    urn = session.urn(parent, type_, name)
    if urn in session.registered:
        message = f"Duplicate resource URN '{urn}'; try giving it a unique name"
        yield Tell("error", message, urn)
        raise PlanError(message, urn, told=True)
    session.registered.add(urn)
    return urn


def find_old(
    session: Session, urn: str, parent: str, type_: str, name: str, aliases: Iterable[Alias]
) -> Generator[Question, None, tuple[Resource | None, str, bool]]:
    """The old resource, the former URN it was found under ("" when under its own), and whether the names are valid."""
    valid = True
    if urn in session.new_of_alias:
        yield Tell(
            "error",
            f"Duplicate resource URN '{urn}' conflicting with alias on resource with URN '{session.new_of_alias[urn]}'",
            urn,
        )
        valid = False
    for former in [urn, *former_urns(session, parent, type_, name, list(aliases))]:
        old = session.olds.get(former)
        if old is None:
            continue
        if former == urn:
            return old, "", valid
        for taken in (urn if former in session.registered else "", session.new_of_alias.get(former, "")):
            if taken:
                yield Tell(
                    "error",
                    f"Duplicate resource alias '{former}' applied to resource with URN '{urn}' conflicting with "
                    f"resource with URN '{taken}'",
                    urn,
                )
                valid = False
        session.new_of_alias[former] = urn
        session.alias_of_new[urn] = former
        return old, former, valid
    return None, "", valid


def former_urns(session: Session, parent: str, type_: str, name: str, aliases: list[Alias]) -> list[str]:
    """Every URN a resource may have had: its own aliases, and those multiplied by its parent's."""
    found = [_urn_of(session, parent, type_, name, alias) for alias in aliases]
    former_parent = session.alias_of_new.get(parent)
    if former_parent:
        found.append(_inherited(session, type_, name, parent, former_parent))
        for alias in aliases:
            own = _urn_of(session, parent, type_, name, alias)
            found.append(_inherited(session, urns.type_of(own), urns.name_of(own), parent, former_parent))
    return list(dict.fromkeys(found))


def _urn_of(session: Session, parent: str, type_: str, name: str, alias: Alias) -> str:
    if alias.urn:
        return alias.urn
    above = parent if alias.parent is None else session.alias_of_new.get(alias.parent, alias.parent)
    return urns.create(
        alias.stack or session.stack,
        alias.project or session.project,
        "" if alias.no_parent else above,
        alias.type or type_,
        alias.name or name,
    )


def _inherited(session: Session, type_: str, name: str, parent: str, former_parent: str) -> str:
    """A child's former URN when its parent was renamed: names that start with the parent's follow it."""
    parent_name = urns.name_of(parent)
    if name.startswith(parent_name):
        name = urns.name_of(former_parent) + name.removeprefix(parent_name)
    return urns.create(session.stack, session.project, former_parent, type_, name)
