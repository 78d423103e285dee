"""Operations on parts of a stack, and those that look at what is really there."""

from __future__ import annotations

from tests.rehearsal.engine.agreement.scenarios.scenario import AGAIN, DESTROY, Scenario, Step, preview, up, urn

SCENARIOS = (
    Scenario(
        "only the targets",
        (
            up('a = Thing("a", colour="red")\nb = Thing("b", colour="red")\nThing("c", partner=b.address)'),
            preview(
                'a = Thing("a", colour="blue")\nb = Thing("b", colour="blue")\n'
                'Thing("c", partner=b.address)\nThing("d")',
                "--target",
                urn("a"),
            ),
            Step("up", None, ("--target", urn("b"), "--target-dependents")),
            Step("up", None, ("--target", urn("nobody"))),
            Step("up", None, ("--exclude", urn("a"))),
            Step("destroy", None, ("--target", urn("b"))),
            Step("destroy", None, ("--target", urn("b"), "--target-dependents")),
            Step("destroy", None, ("--exclude", urn("a"))),
            DESTROY,
        ),
        ordered=False,
    ),
    Scenario(
        "resources that are only read",
        (
            up('a = Thing("a", colour="red")'),
            up(
                'a = Thing("a", colour="red")\n'
                'b = Thing("b", opts=ResourceOptions(id="a-1"))\nexport("address", b.address)'
            ),
            AGAIN,
            up('a = Thing("a", colour="red")'),
        ),
        ordered=False,
    ),
    Scenario(
        "resources that are imported",
        (
            up('a = Thing("a", colour="red", opts=ResourceOptions(retain_on_delete=True))'),
            up(""),
            preview('Thing("c", colour="red", opts=ResourceOptions(import_="a-1"))', "--diff"),
            preview('Thing("c", colour="blue", opts=ResourceOptions(import_="a-1"))'),
            up('Thing("c", colour="blue", opts=ResourceOptions(import_="a-1"))'),
            up('Thing("c", colour="red", opts=ResourceOptions(import_="a-1"))'),
            AGAIN,
            up('Thing("c", colour="red")'),
            up('Thing("d", colour="red", opts=ResourceOptions(import_="nothing"))'),
        ),
    ),
    Scenario(
        "a refresh",
        (
            up('a = Thing("a", colour="red")\nb = Thing("b", partner=a.address)\nThing("c", partner=b.address)'),
            Step("refresh"),
            Step("refresh", None, (), altered={"a": {"colour": "blue"}}),
            Step("preview", None, ("--diff",)),
            AGAIN,
            Step("refresh", None, ("--diff",), altered={"a": {"colour": "blue"}}),
            Step("refresh", None, (), vanished=("b",)),
            AGAIN,
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
        "functions",
        (
            up(
                'said = pulumi.runtime.invoke("toy:index:echo", {"say": "hello"}).value\n'
                'export("said", said["said"])\n'
                'a = Thing("a")\n'
                'later = pulumi.runtime.invoke_output("toy:index:echo", {"say": a.address})\n'
                'export("later", later.apply(lambda it: it["said"]))'
            ),
            AGAIN,
        ),
        ordered=False,
    ),
    Scenario(
        "resources imported from a file",
        (
            up('a = Thing("a", colour="red", opts=ResourceOptions(retain_on_delete=True))'),
            up(""),
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
            preview(
                'g = Group("g")\nThing("kid", colour="red", opts=ResourceOptions(parent=g, protect=True))', "--diff"
            ),
            AGAIN,
            Step("import", document={"resources": [{"type": "toy:index:Thing", "name": "no", "id": "nothing"}]}),
            DESTROY,
        ),
        ordered=False,
    ),
    Scenario(
        "parts of a stack by pattern",
        (
            up('a = Thing("a")\nb = Thing("b", partner=a.address)\nc = Thing("c", partner=b.address)\nThing("d")'),
            Step("preview", None, ("--target", "**::[bd]", "--diff")),
            Step(
                "preview",
                'a = Thing("a", colour="x")\nb = Thing("b", partner=a.address, colour="x")\n'
                'c = Thing("c", partner=b.address, colour="x")\nThing("d", colour="x")',
                ("--target", "**Thing::b"),
            ),
            Step("preview", None, ("--exclude", "**Thing::b", "--exclude-dependents")),
            Step("preview", None, ("--target-replace", urn("b"))),
            Step("refresh", None, ("--target", urn("a")), altered={"a": {"colour": "y"}, "d": {"colour": "y"}}),
            Step("refresh", None, ("--exclude", urn("d"))),
            Step("preview", None, ("--refresh", "--diff"), altered={"b": {"colour": "z"}}),
            Step("up", None, ("--exclude", urn("b"), "--exclude-dependents")),
            Step("destroy", None, ("--target", "**Thing::d")),
        ),
        ordered=False,
    ),
    Scenario(
        "previews as documents",
        (
            up(
                'g = Group("g")\na = Thing("a", sizeReplace=1, opts=ResourceOptions(parent=g))\n'
                'b = Thing("b", partner=a.address, word=Output.secret("hush"))\nThing("c")\n'
                'export("address", b.address)\nexport("word", Output.secret("hush"))'
            ),
            preview(
                'g = Group("g")\na = Thing("a", sizeReplace=2, opts=ResourceOptions(parent=g))\n'
                'b = Thing("b", partner=a.address, word=Output.secret("other"), list=[1, None, {"x": 1.5}])\n'
                'Thing("d", file=pulumi.StringAsset("text"))\nThing("e", opts=ResourceOptions(id="c-1"))\n'
                'pulumi.info("a word")\nexport("address", b.address)',
                "--json",
            ),
            Step("preview", None, ("--json", "--refresh"), altered={"c": {"colour": "blue"}}, vanished=("b",)),
            preview('import sys\nprint("one")\nprint("two", file=sys.stderr)', "--json"),
            preview('raise pulumi.RunError("no such role")', "--json"),
            preview(
                'Thing("x", opts=ResourceOptions(import_="a-1"))\n'
                'Thing("y", opts=ResourceOptions(delete_before_replace=True, aliases=[pulumi.Alias(name="b")]))',
                "--json",
            ),
            preview("", "--json", "--expect-no-changes"),
        ),
        ordered=False,
    ),
    Scenario(
        "previews after a refresh",
        (
            up('g = Group("g")\nThing("a", colour="red", sizeReplace=1, opts=ResourceOptions(parent=g))'),
            Step(
                "preview",
                'g = Group("g")\nThing("a", colour="red", sizeReplace=2, opts=ResourceOptions(parent=g))\nGroup("h")',
                ("--refresh",),
                altered={"a": {"colour": "blue"}},
            ),
            Step("preview", None, ("--refresh",), vanished=("a",)),
            up('export("word", "one")'),
            Step("preview", None, ("--refresh", "--diff")),
        ),
        ordered=False,
    ),
)
