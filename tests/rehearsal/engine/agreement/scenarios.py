"""What both engines are asked to do: toy programs, and what is done with each of them, step by step."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Step:
    """One operation (`preview`, `up`, `destroy`, `refresh`, `import`) with a program; None: the one before.

    `flags` are the CLI's, without `--stack`, `--yes` and `--parallel`. `vanished` are names of things that are deleted
    behind the engine's back before the step; `altered` are changed behind its back.
    """

    operation: str
    program: str | None = None
    flags: tuple[str, ...] = ()
    vanished: tuple[str, ...] = ()
    altered: dict[str, dict[str, object]] = field(default_factory=dict)
    document: dict[str, object] = field(default_factory=dict)
    """Of an `import`: the file's content."""


@dataclass(frozen=True)
class Scenario:
    """Steps on one stack. `ordered`: the programs leave no choice in which order the cloud is changed."""

    name: str
    steps: tuple[Step, ...]
    ordered: bool = True


def _urn(name: str, type_: str = "toy:index:Thing") -> str:
    return f"urn:pulumi:dev::toys::{type_}::{name}"


def _up(program: str, *flags: str) -> Step:
    return Step("up", program, flags)


def _preview(program: str, *flags: str) -> Step:
    return Step("preview", program, flags)


_DESTROY = Step("destroy")
_AGAIN = Step("up")

_CHAIN = """
a = Thing("a", sizeReplace={size!r}, opts=ResourceOptions(delete_before_replace={first}))
b = Thing("b", partnerReplace=a.address)
c = Thing("c", partner=b.address)
export("end", c.address)
"""

SCENARIOS = (
    Scenario(
        "a changed property",
        (
            _preview('Thing("a", colour="red", tags=["x", "y"])\nexport("it", 1)', "--diff"),
            _up('Thing("a", colour="red", tags=["x", "y"])\nexport("it", 1)'),
            _preview('Thing("a", colour="blue", tags=["x", "z", "y"])\nexport("it", 2)', "--diff"),
            _up('Thing("a", colour="blue", tags=["x", "z", "y"])\nexport("it", 2)'),
            _AGAIN,
            _DESTROY,
        ),
    ),
    Scenario(
        "replacement creates first",
        (
            _up(_CHAIN.format(size=1, first=None)),
            _preview(_CHAIN.format(size=2, first=None), "--diff"),
            _up(_CHAIN.format(size=2, first=None)),
            _AGAIN,
            _DESTROY,
        ),
    ),
    Scenario(
        "replacement deletes first",
        (
            _up(_CHAIN.format(size=1, first=True)),
            _preview(_CHAIN.format(size=2, first=True), "--diff"),
            _up(_CHAIN.format(size=2, first=True)),
            _AGAIN,
            _DESTROY,
        ),
    ),
    Scenario(
        "the provider wants the deletion first",
        (
            _up('a = Thing("a", sizeReplace=1, deleteFirst=True)\nThing("b", partnerReplace=a.address)'),
            _up('a = Thing("a", sizeReplace=2, deleteFirst=True)\nThing("b", partnerReplace=a.address)'),
            _AGAIN,
        ),
    ),
    Scenario(
        "protected resources are neither deleted nor replaced",
        (
            _up('Thing("a", sizeReplace=1, opts=ResourceOptions(protect=True))'),
            _preview('Thing("a", sizeReplace=2, opts=ResourceOptions(protect=True))', "--diff"),
            _AGAIN,
            _preview("", "--diff"),
            _AGAIN,
            _DESTROY,
            _up('Thing("a", sizeReplace=2, opts=ResourceOptions(protect=False))'),
        ),
    ),
    Scenario(
        "a protected dependent keeps what it depends on",
        (
            _up(
                'a = Thing("a", sizeReplace=1, deleteFirst=True)\n'
                'Thing("b", partnerReplace=a.address, opts=ResourceOptions(protect=True))'
            ),
            _up(
                'a = Thing("a", sizeReplace=2, deleteFirst=True)\n'
                'Thing("b", partnerReplace=a.address, opts=ResourceOptions(protect=True))'
            ),
            _DESTROY,
        ),
    ),
    Scenario(
        "protection is given and taken",
        (
            _up('Thing("a", opts=ResourceOptions(protect=True))'),
            _preview('Thing("a")'),
            _preview('Thing("a")', "--diff"),
            _up('Thing("a", opts=ResourceOptions(protect=False))'),
            _preview('Thing("a", opts=ResourceOptions(protect=True))', "--diff"),
            _AGAIN,
        ),
    ),
    Scenario(
        "retained resources stay in the cloud",
        (
            _up('Thing("a", sizeReplace=1, opts=ResourceOptions(retain_on_delete=True))'),
            _preview('Thing("a", sizeReplace=2, opts=ResourceOptions(retain_on_delete=True))', "--diff"),
            _AGAIN,
            _DESTROY,
        ),
    ),
    Scenario(
        "what goes with another is not deleted by itself",
        (
            _up('a = Thing("a", sizeReplace=1)\nThing("b", opts=ResourceOptions(deleted_with=a))'),
            _up('a = Thing("a", sizeReplace=2)\nThing("b", opts=ResourceOptions(deleted_with=a))'),
            _up('a = Thing("a", sizeReplace=2, colour="red")\nThing("b", opts=ResourceOptions(deleted_with=a))'),
            _DESTROY,
        ),
    ),
    Scenario(
        "what goes with another follows when that is deleted first",
        (
            _up('a = Thing("a", sizeReplace=1, deleteFirst=True)\nThing("b", opts=ResourceOptions(deleted_with=a))'),
            _preview(
                'a = Thing("a", sizeReplace=2, deleteFirst=True)\nThing("b", opts=ResourceOptions(deleted_with=a))',
                "--diff",
            ),
            _AGAIN,
        ),
    ),
    Scenario(
        "ignored changes",
        (
            _up('Thing("a", colour="red", spec={"x": 1, "y": [1, 2]}, kind="k")'),
            _up(
                'Thing("a", colour="blue", spec={"x": 2, "y": [3, 2]}, kind="l",\n'
                '      opts=ResourceOptions(ignore_changes=["colour", "spec.x", "spec.y[0]"]))'
            ),
            _up(
                'Thing("a", colour="blue", spec={"x": 2, "y": [3, 4, 5]}, kind="l",\n'
                '      opts=ResourceOptions(ignore_changes=["colour", "spec.*", "spec.y[2]"]))'
            ),
            _up('Thing("a", kind="l", opts=ResourceOptions(ignore_changes=["*"]))'),
        ),
    ),
    Scenario(
        "changes that replace",
        (
            _up('Thing("a", colour="red", spec={"x": 1, "y": 1})'),
            _preview(
                'Thing("a", colour="red", spec={"x": 1, "y": 2}, opts=ResourceOptions(replace_on_changes=["spec.x"]))'
            ),
            _up('Thing("a", colour="red", spec={"x": 2, "y": 2}, opts=ResourceOptions(replace_on_changes=["spec"]))'),
            _up('Thing("a", colour="blue", spec={"x": 2, "y": 2}, opts=ResourceOptions(replace_on_changes=["*"]))'),
        ),
    ),
    Scenario(
        "resources under new names",
        (
            _up('g = Group("g")\na = Thing("g-a", opts=ResourceOptions(parent=g))\nThing("b", partner=a.address)'),
            _preview(
                'g = Group("h", opts=ResourceOptions(aliases=[pulumi.Alias(name="g")]))\n'
                'a = Thing("h-a", opts=ResourceOptions(parent=g))\nThing("b", partner=a.address)',
                "--diff",
            ),
            _AGAIN,
            _up(
                'a = Thing("alone", opts=ResourceOptions(aliases=[pulumi.Alias(name="h-a", '
                'parent="urn:pulumi:dev::toys::toy:index:Group::h")]))\nThing("b", partner=a.address)'
            ),
            _DESTROY,
        ),
    ),
    Scenario(
        "secrets",
        (
            _up(
                'a = Thing("a", password=Output.secret("hush"), colour="red",\n'
                '          opts=ResourceOptions(additional_secret_outputs=["address", "colour"]))\n'
                'export("address", a.address)\nexport("list", ["x", Output.secret("y")])'
            ),
            _preview(
                'a = Thing("a", password=Output.secret("hush hush"), colour="blue",\n'
                '          opts=ResourceOptions(additional_secret_outputs=["address", "colour"]))\n'
                'export("address", a.address)\nexport("list", ["x", Output.secret("z")])',
                "--diff",
            ),
            _AGAIN,
            _preview('Thing("a", password="open")', "--json"),
            _AGAIN,
        ),
    ),
    Scenario(
        "timeouts and dependencies",
        (
            _up(
                'g = Group("g")\n'
                'a = Thing("a", opts=ResourceOptions(parent=g, '
                'custom_timeouts=pulumi.CustomTimeouts(create="1m30s", update="45s", delete="1h")))\n'
                'b = Thing("b", opts=ResourceOptions(depends_on=[g]))\n'
                'Thing("c", partner=b.address, opts=ResourceOptions(depends_on=[a]))'
            ),
            _AGAIN,
            _DESTROY,
        ),
        ordered=False,
    ),
    Scenario(
        "a resource that came up half",
        (
            _up('a = Thing("a", halfway="no quorum")\nThing("b", partner=a.address)'),
            _preview('Thing("a", halfway="no quorum")', "--diff"),
            _AGAIN,
            _up('Thing("a")'),
            _AGAIN,
        ),
    ),
    Scenario(
        "a creation that fails",
        (
            _up('a = Thing("a", fail="create")\nThing("b", partner=a.address)'),
            _up('a = Thing("a", fail="create")\nThing("b", partner=a.address)\n', "--continue-on-error"),
            _up('a = Thing("a")\nThing("b", partner=a.address)'),
            _up('a = Thing("a", fail="update")\nThing("b", partner=a.address)'),
            _up('a = Thing("a", fail="delete")\nThing("b", partner=a.address)'),
            _DESTROY,
        ),
    ),
    Scenario(
        "a replaced resource that cannot be deleted",
        (
            _up('Thing("a", sizeReplace=1, fail="delete")'),
            _up('Thing("a", sizeReplace=2)'),
            _preview('Thing("a", sizeReplace=2)', "--diff"),
            _AGAIN,
        ),
    ),
    Scenario(
        "inputs the provider rejects",
        (
            _preview('Thing("a", fail="check")'),
            _up('Thing("a", fail="check")'),
            _up('Thing("a")'),
            _up('Thing("a", fail="check")'),
        ),
    ),
    Scenario(
        "a program that fails",
        (
            _preview('raise pulumi.RunError("no such role\\nas that")'),
            _up('a = Thing("a")\nraise pulumi.RunError("no such role")'),
            _up('a = Thing("a")\na.address.apply(lambda it: 1 / 0)'),
            _up('a = Thing("a")\nprint("one")\nprint("two")\npulumi.info("three", a)\npulumi.warn("four", a)'),
            _up('a = Thing("a")\npulumi.error("five", a)'),
        ),
        ordered=False,
    ),
    Scenario(
        "only the targets",
        (
            _up('a = Thing("a", colour="red")\nb = Thing("b", colour="red")\nThing("c", partner=b.address)'),
            _preview(
                'a = Thing("a", colour="blue")\nb = Thing("b", colour="blue")\n'
                'Thing("c", partner=b.address)\nThing("d")',
                "--target",
                _urn("a"),
            ),
            Step("up", None, ("--target", _urn("b"), "--target-dependents")),
            Step("up", None, ("--target", _urn("nobody"))),
            Step("up", None, ("--exclude", _urn("a"))),
            Step("destroy", None, ("--target", _urn("b"))),
            Step("destroy", None, ("--target", _urn("b"), "--target-dependents")),
            Step("destroy", None, ("--exclude", _urn("a"))),
            _DESTROY,
        ),
        ordered=False,
    ),
    Scenario(
        "replacing on demand",
        (
            _up('a = Thing("a")\nThing("b", partner=a.address)'),
            Step("preview", None, ("--replace", _urn("a"), "--diff")),
            Step("up", None, ("--replace", _urn("a"))),
            Step("up", None, ("--replace", _urn("nobody"))),
        ),
    ),
    Scenario(
        "providers of the program's own",
        (
            _up('p = Provider("p", region="north")\nThing("a", opts=ResourceOptions(provider=p))'),
            _preview('p = Provider("p", region="south")\nThing("a", opts=ResourceOptions(provider=p))', "--diff"),
            _AGAIN,
            _up('Thing("a")'),
            _DESTROY,
        ),
    ),
    Scenario(
        "transforms",
        (
            _up(
                "def paint(args):\n"
                '    return pulumi.ResourceTransformResult({**args.props, "colour": "green"},\n'
                "        pulumi.ResourceOptions.merge(args.opts, ResourceOptions(protect=True)))\n"
                "pulumi.runtime.register_resource_transform(lambda args: paint(args) "
                'if args.type_ == "toy:index:Thing" else None)\n'
                'a = Thing("a", colour="red")\nThing("b", partner=a.address)'
            ),
        ),
    ),
    Scenario(
        "resources that are only read",
        (
            _up('a = Thing("a", colour="red")'),
            _up(
                'a = Thing("a", colour="red")\n'
                'b = Thing("b", opts=ResourceOptions(id="a-1"))\nexport("address", b.address)'
            ),
            _AGAIN,
            _up('a = Thing("a", colour="red")'),
        ),
        ordered=False,
    ),
    Scenario(
        "resources that are imported",
        (
            _up('a = Thing("a", colour="red", opts=ResourceOptions(retain_on_delete=True))'),
            _up(""),
            _preview('Thing("c", colour="red", opts=ResourceOptions(import_="a-1"))', "--diff"),
            _preview('Thing("c", colour="blue", opts=ResourceOptions(import_="a-1"))'),
            _up('Thing("c", colour="blue", opts=ResourceOptions(import_="a-1"))'),
            _up('Thing("c", colour="red", opts=ResourceOptions(import_="a-1"))'),
            _AGAIN,
            _up('Thing("c", colour="red")'),
            _up('Thing("d", colour="red", opts=ResourceOptions(import_="nothing"))'),
        ),
    ),
    Scenario(
        "a refresh",
        (
            _up('a = Thing("a", colour="red")\nb = Thing("b", partner=a.address)\nThing("c", partner=b.address)'),
            Step("refresh"),
            Step("refresh", None, (), altered={"a": {"colour": "blue"}}),
            Step("preview", None, ("--diff",)),
            _AGAIN,
            Step("refresh", None, ("--diff",), altered={"a": {"colour": "blue"}}),
            Step("refresh", None, (), vanished=("b",)),
            _AGAIN,
            Step("up", None, ("--refresh",), vanished=("c",)),
            Step("destroy", None, ("--refresh",), vanished=("c",)),
        ),
        ordered=False,
    ),
    Scenario(
        "expecting no changes",
        (
            Step("preview", 'Thing("a")', ("--expect-no-changes",)),
            Step("up", 'Thing("a")', ("--expect-no-changes",)),
            Step("up", 'Thing("a")', ("--expect-no-changes",)),
            Step("preview", 'Thing("a")', ("--expect-no-changes",)),
            Step("refresh", None, ("--expect-no-changes",), altered={"a": {"colour": "blue"}}),
        ),
    ),
    Scenario(
        "everything but the protected",
        (
            _up(
                'a = Thing("a")\nb = Thing("b", partner=a.address, opts=ResourceOptions(protect=True))\n'
                'c = Thing("c", partner=b.address)\nThing("d")'
            ),
            Step("destroy", None, ("--exclude-protected",)),
        ),
        ordered=False,
    ),
    Scenario(
        "components and outputs",
        (
            _up('g = Group("g")\ng.register_outputs({"x": 1})\nexport("x", {"a": [1, {"b": 2}]})'),
            _preview('g = Group("g")\ng.register_outputs({"x": 2})\nexport("x", {"a": [1, {"b": 3}]})', "--diff"),
            _AGAIN,
            _up('export("y", "")'),
        ),
    ),
    Scenario(
        "values of every kind",
        (
            _up(
                'Thing("a", n=None, f=1.5, t=True, e="", l=[], o={}, big=12345678901, neg=-1, '
                'text="one\\ntwo", doc=\'{"x": [1, 2]}\', s=pulumi.StringAsset("hello"), '
                'm=pulumi.AssetArchive({"x": pulumi.StringAsset("x"), "y": pulumi.StringAsset("y")}))'
            ),
            _preview(
                'Thing("a", n=1, f=2.5, t=False, e="e", l=[1], o={"k": 1}, big=1, neg=None, '
                'text="one\\nthree", doc=\'{"x": [1, 3]}\', s=pulumi.StringAsset("hullo"), '
                'm=pulumi.AssetArchive({"x": pulumi.StringAsset("x"), "z": pulumi.StringAsset("z")}))',
                "--diff",
            ),
            _AGAIN,
            _AGAIN,
        ),
    ),
    Scenario(
        "the same name twice",
        (
            _up('a = Thing("a")\nThing("a", partner=a.address)'),
            _up('Thing("a")'),
            _up(
                'b = Thing("b", opts=ResourceOptions(aliases=[pulumi.Alias(name="a")]))\n'
                'Thing("a", opts=ResourceOptions(depends_on=[b]))'
            ),
        ),
        ordered=False,
    ),
    Scenario(
        "replacement triggers",
        (
            _up('a = Thing("a", opts=ResourceOptions(replacement_trigger="one"))'),
            _preview('a = Thing("a", opts=ResourceOptions(replacement_trigger="two"))', "--diff"),
            _AGAIN,
            _up('a = Thing("a", colour="red")\nThing("b", opts=ResourceOptions(replace_with=[a]))'),
            Step("up", None, ("--replace", _urn("a"))),
        ),
    ),
    Scenario(
        "functions",
        (
            _up(
                'said = pulumi.runtime.invoke("toy:index:echo", {"say": "hello"}).value\n'
                'export("said", said["said"])\n'
                'a = Thing("a")\n'
                'later = pulumi.runtime.invoke_output("toy:index:echo", {"say": a.address})\n'
                'export("later", later.apply(lambda it: it["said"]))'
            ),
            _AGAIN,
        ),
        ordered=False,
    ),
    Scenario(
        "resources imported from a file",
        (
            _up('a = Thing("a", colour="red", opts=ResourceOptions(retain_on_delete=True))'),
            _up(""),
            Step(
                "import",
                document={
                    "nameTable": {},
                    "resources": [
                        {"type": "toy:index:Thing", "name": "kid", "id": "a-1", "parent": "g"},
                        {"type": "toy:index:Group", "name": "g", "component": True},
                    ],
                },
            ),
            _preview(
                'g = Group("g")\nThing("kid", colour="red", opts=ResourceOptions(parent=g, protect=True))', "--diff"
            ),
            _AGAIN,
            Step("import", document={"resources": [{"type": "toy:index:Thing", "name": "no", "id": "nothing"}]}),
            _DESTROY,
        ),
        ordered=False,
    ),
    Scenario(
        "a provider under a new name",
        (
            _up('p = Provider("p", region="north")\nThing("a", opts=ResourceOptions(provider=p))'),
            _preview(
                'p = Provider("q", region="north", opts=ResourceOptions(aliases=[pulumi.Alias(name="p")]))\n'
                'Thing("a", opts=ResourceOptions(provider=p))',
                "--diff",
            ),
            _AGAIN,
            _up("Provider('r', region='north')"),
            _DESTROY,
        ),
        ordered=False,
    ),
    Scenario(
        "an empty program",
        (_preview(""), _up(""), _AGAIN, _DESTROY, _DESTROY, Step("refresh")),
    ),
)
