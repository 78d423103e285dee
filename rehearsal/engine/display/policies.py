"""What policy packs have found, as the CLI says it (pulumi/pulumi, pkg/backend/display/progress.go and diff.go)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rehearsal.engine import urn as urns
from rehearsal.engine.display.words import shown_type
from rehearsal.engine.policy_pack import LoadedPack, Violation

_SEVERITIES = ("critical", "high", "medium", "low", "")
_MARK = {"mandatory": "❌", "advisory": "⚠️"}


def section(packs: Sequence[LoadedPack], violations: Sequence[Violation]) -> Iterator[str]:
    """Every pack with what it has found; nothing when there are no packs."""
    if packs:
        yield "Policies:"
    for pack in sorted(packs, key=lambda pack: (pack.name, pack.version)):
        of_pack = [each for each in violations if (each.pack, each.version) == (pack.name, pack.version)]
        found = sorted(of_pack, key=_rank)
        yield f"    {_MARK[found[0].level] if found else '✅'} {pack.name}@v{pack.version} (local: {pack.path})"
        for violation in found:
            yield f"        - {_headline(violation)}"
            yield from (f"          {line}" for line in violation.message.removesuffix("\n").split("\n"))
    if packs:
        yield ""


def line(violation: Violation) -> str:
    """A violation among the steps of a diff."""
    message = violation.message.removesuffix("\n")
    return f"    {violation.pack}@v{violation.version} {_headline(violation)}{message}\n"


def table(packs: Sequence[LoadedPack]) -> str:
    """The packs that ran, for the end of a diff."""
    if not packs:
        return ""
    names = [f"{pack.name}|local|{pack.path}" for pack in packs]
    width = max(map(len, ["Name", *names]))
    rows = [("Name", "Version"), *((name, pack.version) for name, pack in zip(names, packs, strict=True))]
    return "".join(["\nPolicy Packs run:\n", *(f"    {name.ljust(width)}  {version}\n" for name, version in rows)])


def _headline(violation: Violation) -> str:
    severity = f" [severity: {violation.severity}]" if violation.severity else ""
    about = f"  ({shown_type(violation.urn)}: {urns.name_of(violation.urn)})"
    return f"[{violation.level}{severity}]  {violation.policy}{about}"


def _rank(violation: Violation) -> tuple[bool, int, str, str]:
    return not violation.is_mandatory, _SEVERITIES.index(violation.severity), violation.policy, violation.urn
