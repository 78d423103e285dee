"""What fails, and what is left of it."""

from __future__ import annotations

from tests.rehearsal.engine.agreement.scenarios.scenario import AGAIN, DESTROY, Scenario, Step, preview, up, urn

SCENARIOS = (
    Scenario(
        "a resource that came up half",
        (
            up('a = Thing("a", halfway="no quorum")\nThing("b", partner=a.address)'),
            preview('Thing("a", halfway="no quorum")', "--diff"),
            AGAIN,
            up('Thing("a")'),
            AGAIN,
        ),
    ),
    Scenario(
        "a creation that fails",
        (
            up('a = Thing("a", fail="create")\nThing("b", partner=a.address)'),
            up('a = Thing("a", fail="create")\nThing("b", partner=a.address)\n', "--continue-on-error"),
            up('a = Thing("a")\nThing("b", partner=a.address)'),
            up('a = Thing("a", fail="update")\nThing("b", partner=a.address)'),
            up('a = Thing("a", fail="delete")\nThing("b", partner=a.address)'),
            DESTROY,
        ),
    ),
    Scenario(
        "inputs the provider rejects",
        (
            preview('Thing("a", fail="check")'),
            up('Thing("a", fail="check")'),
            up('Thing("a")'),
            up('Thing("a", fail="check")'),
        ),
    ),
    Scenario(
        "a program that fails",
        (
            preview('raise pulumi.RunError("no such role\\nas that")'),
            up('a = Thing("a")\nraise pulumi.RunError("no such role")'),
            up('a = Thing("a")\na.address.apply(lambda it: 1 / 0)'),
            up('a = Thing("a")\nprint("one")\nprint("two")\npulumi.info("three", a)\npulumi.warn("four", a)'),
            up('a = Thing("a")\npulumi.error("five", a)'),
        ),
        ordered=False,
    ),
    Scenario(
        "the same name twice",
        (
            up('a = Thing("a")\nThing("a", partner=a.address)'),
            up('Thing("a")'),
            up(
                'b = Thing("b", opts=ResourceOptions(aliases=[pulumi.Alias(name="a")]))\n'
                'Thing("a", opts=ResourceOptions(depends_on=[b]))'
            ),
        ),
        ordered=False,
    ),
    Scenario(
        "deletions that fail",
        (
            up(
                'a = Thing("a")\nb = Thing("b", partner=a.address, fail="delete")\n'
                'c = Thing("c", partner=b.address)\nThing("d")'
            ),
            DESTROY,
            Step("destroy", None, ("--continue-on-error",)),
            up('a = Thing("a")\nb = Thing("b", partner=a.address)'),
            DESTROY,
        ),
        ordered=False,
    ),
    Scenario(
        "imports that do not fit",
        (
            up('a = Thing("a", colour="red", opts=ResourceOptions(retain_on_delete=True))'),
            up(""),
            preview('Thing("b", colour="red", sizeReplace=3, opts=ResourceOptions(import_="a-1"))'),
            up('Thing("b", opts=ResourceOptions(import_="a-1", ignore_changes=["colour"]))'),
            up('Thing("b", colour="green", opts=ResourceOptions(import_="other"))'),
            up('Thing("b", colour="green", opts=ResourceOptions(import_="a-1"))'),
            DESTROY,
        ),
        ordered=False,
    ),
    Scenario(
        "what is put out when a run fails",
        (
            up('a = Thing("a", opts=ResourceOptions(retain_on_delete=True))\nexport("address", a.address)'),
            up('a = Thing("a", colour="red", fail="update")\nexport("address", a.address)'),
            Step("up", None, ("--replace", urn("nobody"))),
            up(
                'a = Thing("a", opts=ResourceOptions(protect=True, retain_on_delete=True))\n'
                'export("address", a.address)'
            ),
            DESTROY,
            preview(""),
            Step("refresh", None, (), vanished=("a",)),
            DESTROY,
        ),
        ordered=False,
    ),
    Scenario(
        "a rename in a run that fails",
        (
            up(
                'a = Thing("a")\n'
                'Thing("b", colour="red", within=a.address, opts=ResourceOptions(deleted_with=a, depends_on=[a]))'
            ),
            up(
                'a = Thing("a-new", opts=ResourceOptions(aliases=[pulumi.Alias(name="a")]))\n'
                'Thing("b", colour="red", within=a.address, fail="update", '
                "opts=ResourceOptions(deleted_with=a, depends_on=[a]))"
            ),
            DESTROY,
        ),
    ),
    Scenario(
        "what a deletion that fails does not spare",
        (
            up('a = Thing("a", sizeReplace=1)\nThing("b", partner=a.address, opts=ResourceOptions(protect=True))'),
            up(
                'a = Thing("a", sizeReplace=2)\n'
                'Thing("b", partner=a.address, fail="update", opts=ResourceOptions(protect=True))'
            ),
            DESTROY,
        ),
    ),
)
