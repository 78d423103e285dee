"""Random scenarios: programs with options of every kind, edited, refreshed, targeted, failing and destroyed."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from tests.rehearsal.engine.agreement.scenarios.scenario import Scenario, Step, urn
from tests.rehearsal.engine.graphs import Node, changed, graphs

_OPTIONS = (
    "protect=True",
    "retain_on_delete=True",
    'additional_secret_outputs=["address"]',
    "replacement_trigger=1",
    "replacement_trigger=2",
    'custom_timeouts=pulumi.CustomTimeouts(create="5m")',
    'ignore_changes=["tags.a"]',
    'replace_on_changes=["tags.b[0]"]',
    "provider=own",
)
_PROPERTIES = (
    'word=Output.secret("hush")',
    'word=Output.secret("tush")',
    'tags={"a": 1, "b": [1, 2]}',
    'tags={"a": 2, "b": [2]}',
    "tags=[1, None]",
)
_FAULTS = ('fail="create"', 'fail="update"', 'fail="delete"', 'fail="check"', 'halfway="why"')
_KINDS = ("up", "up", "up", "up --refresh", "preview", "preview --refresh", "refresh", "destroy")


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """Up to five steps on one stack."""
    nodes = draw(graphs())
    steps = [Step("up", draw(_programs(nodes, faults=False)))]
    for _ in range(draw(st.integers(1, 4))):
        operation, *flags = draw(st.sampled_from(_KINDS)).split()
        program = None
        if operation in ("up", "preview"):
            nodes = draw(changed(nodes))
            program = draw(_programs(nodes, faults=True))
        if not flags:  # for dependents of a target, Pulumi's refresh may not know the provider
            flags += draw(_parts(operation, nodes))
        if operation in ("up", "destroy") and draw(st.integers(0, 3)) == 0:
            flags.append("--continue-on-error")
        if operation == "preview" and draw(st.booleans()):
            flags.append("--diff")
        names = [node.name for node in nodes if not node.component]
        vanished: tuple[str, ...] = ()
        if names and operation == "refresh":
            vanished = tuple(draw(st.sets(st.sampled_from(names), max_size=1)))
        altered: dict[str, dict[str, object]] = {}
        if names and operation == "refresh":
            altered[draw(st.sampled_from(names))] = {"colour": 7}
        steps.append(Step(operation, program, tuple(flags), vanished, altered))
    return Scenario("a random one", (*steps, Step("destroy")), ordered=False)


@st.composite
def _programs(draw: st.DrawFn, nodes: Sequence[Node], *, faults: bool) -> str:
    """A program that registers the nodes one after the other: so both engines meet them in the same order."""
    lines = ['own = Provider("own", region="eu")', "await own.urn.future()"]
    broken = draw(st.none() | st.sampled_from(nodes)) if faults and nodes else None
    for node in nodes:
        extra = [] if node.component else draw(st.lists(st.sampled_from(_PROPERTIES), max_size=1))
        if node is broken and not node.component:
            extra.append(draw(st.sampled_from(_FAULTS)))
        options = draw(st.lists(st.sampled_from(_OPTIONS[:1] if node.component else _OPTIONS), max_size=2))
        lines += [_registration(node, nodes, extra, options), f"await r{node.number}.urn.future()"]
    outputs = ", ".join(f"r{node.number}.address" for node in nodes if not node.component) or "1"
    body = "\n    ".join([*lines, f"return Output.all({outputs})"])
    return f'async def main():\n    {body}\nexport("addresses", Output.from_input(main()))'


def _registration(node: Node, nodes: Sequence[Node], extra: Sequence[str], more_options: Sequence[str]) -> str:
    given: dict[str, str] = {}
    above = node.parent
    ancestors = set()
    while above is not None:
        ancestors.add(above)
        above = nodes[above].parent
    if node.parent is not None:
        given["parent"] = f"r{node.parent}"
    if set(node.after) - ancestors:
        given["depends_on"] = f"[{', '.join(f'r{number}' for number in node.after if number not in ancestors)}]"
    if node.generation:
        given["aliases"] = f'[pulumi.Alias(name="{node.name[:-1]}")]'
    properties: list[str] = []
    if not node.component:
        properties = [f"colour={node.colour}", f"sizeReplace={node.size}", f"deleteFirst={node.provider_deletes_first}"]
        properties += [f"use{number}{'Replace' * replaces}=r{number}.address" for number, replaces in node.uses]
        if node.delete_before_replace is not None:
            given["delete_before_replace"] = str(node.delete_before_replace)
        if node.deleted_with is not None:
            given["deleted_with"] = f"r{node.deleted_with}"
            properties.append(f"within=r{node.deleted_with}.address")
        if node.colour_replaces:
            given["replace_on_changes"] = '["colour"]'
        if node.colour_ignored:
            given["ignore_changes"] = '["colour"]'
    given |= dict(option.split("=", 1) for option in more_options if option.split("=")[0] not in given)
    options = ", ".join(f"{name}={value}" for name, value in given.items())
    arguments = [f'"{node.name}"', *{each.split("=")[0]: each for each in [*properties, *extra]}.values()]
    class_ = "Group" if node.component else "Thing"
    return f"r{node.number} = {class_}({', '.join(arguments)}, opts=ResourceOptions({options}))"


@st.composite
def _parts(draw: st.DrawFn, operation: str, nodes: Sequence[Node]) -> list[str]:
    """Now and then, flags for a part of the stack: one of the resources that are nobody's children."""
    named = [urn(node.name) for node in nodes if node.parent is None and not node.component]
    if not named or draw(st.integers(0, 3)):
        return []
    kinds = ["--target", "--exclude", *(["--replace"] if operation in ("up", "preview") else [])]
    kind = draw(st.sampled_from(kinds))
    dependents = {"--target": "--target-dependents", "--exclude": "--exclude-dependents"}.get(kind)
    # Pulumi creates what needs an excluded resource that does not exist, and cannot read the state it then leaves.
    always = kind == "--exclude" and operation in ("up", "preview")
    also = [dependents] if dependents and (always or draw(st.booleans())) else []
    return [kind, draw(st.sampled_from(named)), *also]
