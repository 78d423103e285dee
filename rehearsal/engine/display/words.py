"""The words and signs for operations (pulumi/pulumi, pkg/resource/deploy/step.go and pkg/backend/display)."""

from __future__ import annotations

from rehearsal.engine import urn as urns
from rehearsal.engine.plan.steps import Op, Step
from rehearsal.engine.resource import Resource
from rehearsal.engine.values import Archive, Asset, Properties, Secret, Value, mapped, without_outputs

SIGNS = {
    Op.SAME: "  ",
    Op.CREATE: "+ ",
    Op.DELETE: "- ",
    Op.UPDATE: "~ ",
    Op.REPLACE: "+-",
    Op.CREATE_REPLACEMENT: "++",
    Op.DELETE_REPLACED: "--",
    Op.READ: "> ",
    Op.READ_REPLACEMENT: ">>",
    Op.REFRESH: "~ ",
    Op.DISCARD: "< ",
    Op.DISCARD_REPLACED: "<<",
    Op.IMPORT: "= ",
    Op.IMPORT_REPLACEMENT: "=>",
    Op.REMOVE_PENDING_REPLACE: "~ ",
}
COLOURS = {
    Op.SAME: "bright_black",
    Op.CREATE: "green",
    Op.IMPORT: "green",
    Op.DELETE: "red",
    Op.DISCARD: "red",
    Op.DISCARD_REPLACED: "red",
    Op.DELETE_REPLACED: "red",
    Op.UPDATE: "yellow",
    Op.REFRESH: "yellow",
    Op.REPLACE: "magenta",
    Op.CREATE_REPLACEMENT: "green",
    Op.READ: "cyan",
    Op.READ_REPLACEMENT: "magenta",
    Op.IMPORT_REPLACEMENT: "magenta",
    Op.REMOVE_PENDING_REPLACE: "bright_black",
}
DOING = {
    Op.SAME: "",
    Op.CREATE: "creating",
    Op.UPDATE: "updating",
    Op.DELETE: "deleting",
    Op.REPLACE: "replacing",
    Op.CREATE_REPLACEMENT: "creating replacement",
    Op.DELETE_REPLACED: "deleting original",
    Op.READ: "reading",
    Op.READ_REPLACEMENT: "reading for replacement",
    Op.REFRESH: "refreshing",
    Op.DISCARD: "discarding",
    Op.DISCARD_REPLACED: "discarding original",
    Op.IMPORT: "importing",
    Op.IMPORT_REPLACEMENT: "importing replacement",
    Op.REMOVE_PENDING_REPLACE: "",
}
DONE = {
    Op.SAME: "",
    Op.CREATE: "created",
    Op.UPDATE: "updated",
    Op.DELETE: "deleted",
    Op.REPLACE: "replaced",
    Op.CREATE_REPLACEMENT: "created replacement",
    Op.DELETE_REPLACED: "deleted original",
    Op.READ: "read",
    Op.READ_REPLACEMENT: "read for replacement",
    Op.REFRESH: "refresh",
    Op.DISCARD: "discarded",
    Op.DISCARD_REPLACED: "discarded original",
    Op.IMPORT: "imported",
    Op.IMPORT_REPLACEMENT: "imported replacement",
    Op.REMOVE_PENDING_REPLACE: "",
}
FAILED = {
    Op.SAME: "failed",
    Op.CREATE: "creating failed",
    Op.CREATE_REPLACEMENT: "creating failed",
    Op.UPDATE: "updating failed",
    Op.DELETE: "deleting failed",
    Op.DELETE_REPLACED: "deleting failed",
    Op.REPLACE: "replacing failed",
    Op.READ: "reading failed",
    Op.READ_REPLACEMENT: "reading failed",
    Op.REFRESH: "refreshing failed",
    Op.DISCARD: "discarding failed",
    Op.DISCARD_REPLACED: "discarding failed",
    Op.IMPORT: "importing failed",
    Op.IMPORT_REPLACEMENT: "importing failed",
    Op.REMOVE_PENDING_REPLACE: "",
}
PLANNED = {
    Op.SAME: "",
    Op.CREATE: "create",
    Op.UPDATE: "update",
    Op.DELETE: "delete",
    Op.REPLACE: "replace",
    Op.CREATE_REPLACEMENT: "create replacement",
    Op.DELETE_REPLACED: "delete original",
    Op.READ: "read",
    Op.READ_REPLACEMENT: "read for replacement",
    Op.REFRESH: "refreshing",
    Op.DISCARD: "discard",
    Op.DISCARD_REPLACED: "discard original",
    Op.IMPORT: "import",
    Op.IMPORT_REPLACEMENT: "import replacement",
    Op.REMOVE_PENDING_REPLACE: "",
}
PREVIEWED = PLANNED | {
    Op.CREATE_REPLACEMENT: "replace",
    Op.DELETE_REPLACED: "replace",
    Op.READ_REPLACEMENT: "replace",
    Op.REFRESH: "refresh",
    Op.DISCARD_REPLACED: "replace",
    Op.IMPORT_REPLACEMENT: "import",
}
"""In a preview, once a step is done with."""
PAST = {
    Op.CREATE: "created",
    Op.UPDATE: "updated",
    Op.DELETE: "deleted",
    Op.REPLACE: "replaced",
    Op.CREATE_REPLACEMENT: "create-replacementd",
    Op.DELETE_REPLACED: "deleted",
    Op.REFRESH: "refreshed",
    Op.DISCARD_REPLACED: "discarded",
    Op.IMPORT: "imported",
    Op.IMPORT_REPLACEMENT: "imported",
}
"""How the summary counts operations; reads are left out of it."""

REPLACEMENT_STEPS = frozenset(
    {
        Op.REPLACE,
        Op.CREATE_REPLACEMENT,
        Op.DELETE_REPLACED,
        Op.READ_REPLACEMENT,
        Op.DISCARD_REPLACED,
        Op.REMOVE_PENDING_REPLACE,
        Op.IMPORT_REPLACEMENT,
    }
)
TITLES = {"update": "Updating", "destroy": "Destroying", "refresh": "Refreshing", "import": "Importing"}


def title(kind: str, stack: str, *, preview: bool) -> str:
    """The first line of a run, as `Updating (dev):`."""
    return f"Previewing {kind} ({stack}):" if preview else f"{TITLES[kind]} ({stack}):"


def shown_type(urn: str) -> str:
    """A type as people read it: `azuread:index/application:Application` is `azuread:index:Application`."""
    package, _, rest = urns.type_of(urn).partition(":")
    module, _, name = rest.partition(":")
    folder, _, last = module.rpartition("/")
    if folder and last == name[:1].lower() + name[1:]:
        return f"{package}:{folder}:{name}"
    return urns.type_of(urn)


def is_shown(step: Step, *, every_step: bool = True) -> bool:
    """Whether a step is shown; sames only when their protection changes.

    `every_step`: show replacements by their single steps, and not only as one replacement.
    """
    if step.op is Op.SAME:
        return step.old is not None and step.new is not None and step.old.protect != step.new.protect
    return every_step or step.is_logical or step.op not in REPLACEMENT_STEPS


def retained(status: str, step: Step, op: Op) -> str:
    """The status with a word on what is left behind when Pulumi lets go of it; `op` is what the step came to."""
    leaves = op in (Op.DELETE, Op.REPLACE, Op.CREATE_REPLACEMENT, Op.DELETE_REPLACED)
    return f"{status}[retain]" if leaves and step.old is not None and step.old.retain_on_delete else status


def visible(resource: Resource | None, which: str) -> Properties:
    """A resource's `inputs` or `outputs` as they may be shown: see `shown`."""
    return shown(getattr(resource, which)) if resource is not None else {}


def shown(properties: Properties) -> Properties:
    """Properties without what providers keep among them for themselves (`__…`), and with every secret the same."""
    visible_ones = {key: value for key, value in properties.items() if not key.startswith("__")}
    found: Properties = mapped(without_outputs(visible_ones), _concealed)
    return found


def _concealed(value: Value) -> Value:
    """Secrets become one and the same, and texts of assets, which may be long, are left out."""
    if isinstance(value, Secret):
        return HIDDEN
    if isinstance(value, Asset) and "text" in value.content:
        return Asset({**value.content, "text": "<contents elided>"})
    if isinstance(value, Archive) and "assets" in value.content:
        assets = {name: _concealed(part) for name, part in value.content["assets"].items()}
        return Archive({**value.content, "assets": assets})
    return value


HIDDEN = Secret(None)
"""Stands for every secret: what is shown doesn't even say whether one has changed."""


def duration(seconds: float) -> str:
    """Whole seconds, rounded up, as Go writes them: `1m2s`."""
    whole = -int(-seconds // 1)
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    text = f"{rest}s"
    if minutes or hours:
        text = f"{minutes}m{text}"
    return f"{hours}h{text}" if hours else text


def plural(count: int, word: str) -> str:
    """`1 error`, `2 errors`."""
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
