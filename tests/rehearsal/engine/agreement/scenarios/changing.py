"""Programs that change: properties, names, providers, outputs, files."""

from __future__ import annotations

from tests.rehearsal.engine.agreement.scenarios.scenario import AGAIN, DESTROY, Scenario, Step, preview, up, urn

SCENARIOS = (
    Scenario(
        "a changed property",
        (
            preview('Thing("a", colour="red", tags=["x", "y"])\nexport("it", 1)', "--diff"),
            up('Thing("a", colour="red", tags=["x", "y"])\nexport("it", 1)'),
            preview('Thing("a", colour="blue", tags=["x", "z", "y"])\nexport("it", 2)', "--diff"),
            up('Thing("a", colour="blue", tags=["x", "z", "y"])\nexport("it", 2)'),
            AGAIN,
            DESTROY,
        ),
    ),
    Scenario(
        "ignored changes",
        (
            up('Thing("a", colour="red", spec={"x": 1, "y": [1, 2]}, kind="k")'),
            up(
                'Thing("a", colour="blue", spec={"x": 2, "y": [3, 2]}, kind="l",\n'
                '      opts=ResourceOptions(ignore_changes=["colour", "spec.x", "spec.y[0]"]))'
            ),
            up(
                'Thing("a", colour="blue", spec={"x": 2, "y": [3, 4, 5]}, kind="l",\n'
                '      opts=ResourceOptions(ignore_changes=["colour", "spec.*", "spec.y[2]"]))'
            ),
            up('Thing("a", kind="l", opts=ResourceOptions(ignore_changes=["*"]))'),
        ),
    ),
    Scenario(
        "resources under new names",
        (
            up('g = Group("g")\na = Thing("g-a", opts=ResourceOptions(parent=g))\nThing("b", partner=a.address)'),
            preview(
                'g = Group("h", opts=ResourceOptions(aliases=[pulumi.Alias(name="g")]))\n'
                'a = Thing("h-a", opts=ResourceOptions(parent=g))\nThing("b", partner=a.address)',
                "--diff",
            ),
            AGAIN,
            up(
                'a = Thing("alone", opts=ResourceOptions(aliases=[pulumi.Alias(name="h-a", '
                'parent="urn:pulumi:dev::toys::toy:index:Group::h")]))\nThing("b", partner=a.address)'
            ),
            DESTROY,
        ),
    ),
    Scenario(
        "secrets",
        (
            up(
                'a = Thing("a", password=Output.secret("hush"), colour="red",\n'
                '          opts=ResourceOptions(additional_secret_outputs=["address", "colour"]))\n'
                'export("address", a.address)\nexport("list", ["x", Output.secret("y")])'
            ),
            preview(
                'a = Thing("a", password=Output.secret("hush hush"), colour="blue",\n'
                '          opts=ResourceOptions(additional_secret_outputs=["address", "colour"]))\n'
                'export("address", a.address)\nexport("list", ["x", Output.secret("z")])',
                "--diff",
            ),
            AGAIN,
            preview('Thing("a", password="open")', "--json"),
            AGAIN,
        ),
    ),
    Scenario(
        "timeouts and dependencies",
        (
            up(
                'g = Group("g")\n'
                'a = Thing("a", opts=ResourceOptions(parent=g, '
                'custom_timeouts=pulumi.CustomTimeouts(create="1m30s", update="45s", delete="1h")))\n'
                'b = Thing("b", opts=ResourceOptions(depends_on=[g]))\n'
                'Thing("c", partner=b.address, opts=ResourceOptions(depends_on=[a]))'
            ),
            AGAIN,
            DESTROY,
        ),
        ordered=False,
    ),
    Scenario(
        "providers of the program's own",
        (
            up('p = Provider("p", region="north")\nThing("a", opts=ResourceOptions(provider=p))'),
            preview('p = Provider("p", region="south")\nThing("a", opts=ResourceOptions(provider=p))', "--diff"),
            AGAIN,
            up('Thing("a")'),
            DESTROY,
        ),
    ),
    Scenario(
        "transforms",
        (
            up(
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
        "components and outputs",
        (
            up('g = Group("g")\ng.register_outputs({"x": 1})\nexport("x", {"a": [1, {"b": 2}]})'),
            preview('g = Group("g")\ng.register_outputs({"x": 2})\nexport("x", {"a": [1, {"b": 3}]})', "--diff"),
            AGAIN,
            up('export("y", "")'),
        ),
    ),
    Scenario(
        "values of every kind",
        (
            up(
                'Thing("a", n=None, f=1.5, t=True, e="", l=[], o={}, big=12345678901, neg=-1, '
                'text="one\\ntwo", doc=\'{"x": [1, 2]}\', s=pulumi.StringAsset("hello"), '
                'm=pulumi.AssetArchive({"x": pulumi.StringAsset("x"), "y": pulumi.StringAsset("y")}))'
            ),
            preview(
                'Thing("a", n=1, f=2.5, t=False, e="e", l=[1], o={"k": 1}, big=1, neg=None, '
                'text="one\\nthree", doc=\'{"x": [1, 3]}\', s=pulumi.StringAsset("hullo"), '
                'm=pulumi.AssetArchive({"x": pulumi.StringAsset("x"), "z": pulumi.StringAsset("z")}))',
                "--diff",
            ),
            AGAIN,
            AGAIN,
        ),
    ),
    Scenario(
        "a provider under a new name",
        (
            up('p = Provider("p", region="north")\nThing("a", opts=ResourceOptions(provider=p))'),
            preview(
                'p = Provider("q", region="north", opts=ResourceOptions(aliases=[pulumi.Alias(name="p")]))\n'
                'Thing("a", opts=ResourceOptions(provider=p))',
                "--diff",
            ),
            AGAIN,
            up("Provider('r', region='north')"),
            DESTROY,
        ),
        ordered=False,
    ),
    Scenario(
        "an empty program",
        (preview(""), up(""), AGAIN, DESTROY, DESTROY, Step("refresh")),
    ),
    Scenario(
        "every difference of an update and a destroy",
        (
            Step(
                "up",
                'g = Group("g")\n'
                'a = Thing("a", colour="red", word=Output.secret("hush"), opts=ResourceOptions(parent=g))\n'
                'g.register_outputs({"n": 1, "word": Output.secret("x")})\n'
                'b = Thing("b", partner=a.address, tags={"x": "1", "y": ["p", "q"]})\nexport("address", b.address)',
                ("--diff",),
            ),
            Step(
                "up",
                'g = Group("g")\n'
                'a = Thing("a", colour="blue", word=Output.secret("other"), opts=ResourceOptions(parent=g))\n'
                'g.register_outputs({"n": 2})\n'
                'b = Thing("b", partner=a.address, tags={"y": ["q"], "z": {}})\nexport("address", "fixed")',
                ("--diff",),
            ),
            Step("up", 'a = Thing("a", sizeReplace=1)\nThing("b", partner=a.address)', ("--diff",)),
            Step(
                "up",
                'a = Thing("a", sizeReplace=2, opts=ResourceOptions(delete_before_replace=True))\n'
                'Thing("b", partner=a.address)',
                ("--diff",),
            ),
            Step("up", 'a = Thing("a", fail="update", sizeReplace=2)\nThing("b", partner=a.address)', ("--diff",)),
            Step(
                "up", 'a = Thing("a", sizeReplace=2)\nThing("c", halfway="no quorum", partner=a.address)', ("--diff",)
            ),
            Step(
                "up",
                'g = Group("g")\ng.register_outputs({"n": 1})\na = Thing("a", sizeReplace=2)\n'
                'export("n", {"x": a.address})',
                ("--diff",),
            ),
            Step("refresh", None, ("--diff",), vanished=("a",)),
            Step("up", None, ("--diff",)),
            Step("destroy", None, ("--diff",)),
        ),
        ordered=False,
    ),
    Scenario(
        "aliases of every kind",
        (
            up(
                'g = Group("g")\nh = Group("h")\na = Thing("a", opts=ResourceOptions(parent=g))\n'
                'b = Thing("b", opts=ResourceOptions(parent=h))\nc = Thing("c")\nd = Thing("d", sizeReplace=1)'
            ),
            preview(
                'g = Group("g")\nh = Group("h")\n'
                'a = Thing("a", opts=ResourceOptions(parent=h, aliases=[pulumi.Alias(parent=g)]))\n'
                'b = Thing("b", opts=ResourceOptions(aliases=[pulumi.Alias(parent=h)]))\n'
                "c = Thing('c', "
                "opts=ResourceOptions(parent=g, aliases=[pulumi.Alias(parent=pulumi.ROOT_STACK_RESOURCE)]))\n"
                f'd = Thing("e", sizeReplace=2, opts=ResourceOptions(aliases=["{urn("d")}"]))',
                "--diff",
            ),
            AGAIN,
            AGAIN,
        ),
        ordered=False,
    ),
    Scenario(
        "providers handed down",
        (
            up(
                'p = Provider("p", region="north")\ng = Group("g", opts=ResourceOptions(providers=[p]))\n'
                'a = Thing("a", opts=ResourceOptions(parent=g))\nb = Thing("b", opts=ResourceOptions(parent=a))\n'
                'said = pulumi.runtime.invoke("toy:index:echo", {"say": Output.secret("x")}, '
                "pulumi.InvokeOptions(provider=p)).value\n"
                'export("said", said["said"])'
            ),
            up(
                'g = Group("g")\na = Thing("a", opts=ResourceOptions(parent=g))\n'
                'b = Thing("b", opts=ResourceOptions(parent=a))'
            ),
            DESTROY,
        ),
        ordered=False,
    ),
    Scenario(
        "files as properties",
        (
            up(
                'open("f.txt", "w").write("one\\n")\nfile = pulumi.FileAsset("f.txt")\n'
                'Thing("a", file=file, archive=pulumi.AssetArchive({"in/f": file}))'
            ),
            preview(
                'open("f.txt", "w").write("two\\n")\nfile = pulumi.FileAsset("f.txt")\n'
                'Thing("a", file=file, archive=pulumi.AssetArchive({"in/f": file}))',
                "--diff",
            ),
            AGAIN,
            preview('Thing("a", file=pulumi.StringAsset("two\\n"))', "--diff"),
        ),
    ),
    Scenario(
        "outputs come and go",
        (
            up('export("kept", 1)\nexport("gone", {"x": 1})\nexport("opened", Output.secret("word"))'),
            preview('a = Thing("a")\nexport("kept", 2)\nexport("opened", "word")\nexport("new", [a.address, None])'),
            Step("up", None, ("--diff",)),
            up('export("kept", None)\nexport("new", "")'),
        ),
        ordered=False,
    ),
)
