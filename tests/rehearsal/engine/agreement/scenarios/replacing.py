"""Replacements, deletions and what forbids them: protection, dependents, retained resources."""

from __future__ import annotations

from tests.rehearsal.engine.agreement.scenarios.scenario import AGAIN, DESTROY, Scenario, Step, preview, up, urn

_CHAIN = """
a = Thing("a", sizeReplace={size!r}, opts=ResourceOptions(delete_before_replace={first}))
b = Thing("b", partnerReplace=a.address)
c = Thing("c", partner=b.address)
export("end", c.address)
"""

SCENARIOS = (
    Scenario(
        "replacement creates first",
        (
            up(_CHAIN.format(size=1, first=None)),
            preview(_CHAIN.format(size=2, first=None), "--diff"),
            up(_CHAIN.format(size=2, first=None)),
            AGAIN,
            DESTROY,
        ),
    ),
    Scenario(
        "replacement deletes first",
        (
            up(_CHAIN.format(size=1, first=True)),
            preview(_CHAIN.format(size=2, first=True), "--diff"),
            up(_CHAIN.format(size=2, first=True)),
            AGAIN,
            DESTROY,
        ),
    ),
    Scenario(
        "the provider wants the deletion first",
        (
            up('a = Thing("a", sizeReplace=1, deleteFirst=True)\nThing("b", partnerReplace=a.address)'),
            up('a = Thing("a", sizeReplace=2, deleteFirst=True)\nThing("b", partnerReplace=a.address)'),
            AGAIN,
        ),
    ),
    Scenario(
        "protected resources are neither deleted nor replaced",
        (
            up('Thing("a", sizeReplace=1, opts=ResourceOptions(protect=True))'),
            preview('Thing("a", sizeReplace=2, opts=ResourceOptions(protect=True))', "--diff"),
            AGAIN,
            preview("", "--diff"),
            AGAIN,
            DESTROY,
            up('Thing("a", sizeReplace=2, opts=ResourceOptions(protect=False))'),
        ),
    ),
    Scenario(
        "a protected dependent keeps what it depends on",
        (
            up(
                'a = Thing("a", sizeReplace=1, deleteFirst=True)\n'
                'Thing("b", partnerReplace=a.address, opts=ResourceOptions(protect=True))'
            ),
            up(
                'a = Thing("a", sizeReplace=2, deleteFirst=True)\n'
                'Thing("b", partnerReplace=a.address, opts=ResourceOptions(protect=True))'
            ),
            DESTROY,
        ),
    ),
    Scenario(
        "protection is given and taken",
        (
            up('Thing("a", opts=ResourceOptions(protect=True))'),
            preview('Thing("a")'),
            preview('Thing("a")', "--diff"),
            up('Thing("a", opts=ResourceOptions(protect=False))'),
            preview('Thing("a", opts=ResourceOptions(protect=True))', "--diff"),
            AGAIN,
        ),
    ),
    Scenario(
        "retained resources stay in the cloud",
        (
            up('Thing("a", sizeReplace=1, opts=ResourceOptions(retain_on_delete=True))'),
            preview('Thing("a", sizeReplace=2, opts=ResourceOptions(retain_on_delete=True))', "--diff"),
            AGAIN,
            DESTROY,
        ),
    ),
    Scenario(
        "what goes with another is not deleted by itself",
        (
            up('a = Thing("a", sizeReplace=1)\nThing("b", opts=ResourceOptions(deleted_with=a))'),
            up('a = Thing("a", sizeReplace=2)\nThing("b", opts=ResourceOptions(deleted_with=a))'),
            up('a = Thing("a", sizeReplace=2, colour="red")\nThing("b", opts=ResourceOptions(deleted_with=a))'),
            DESTROY,
        ),
    ),
    Scenario(
        "what goes with another follows when that is deleted first",
        (
            up('a = Thing("a", sizeReplace=1, deleteFirst=True)\nThing("b", opts=ResourceOptions(deleted_with=a))'),
            preview(
                'a = Thing("a", sizeReplace=2, deleteFirst=True)\nThing("b", opts=ResourceOptions(deleted_with=a))',
                "--diff",
            ),
            AGAIN,
        ),
    ),
    Scenario(
        "changes that replace",
        (
            up('Thing("a", colour="red", spec={"x": 1, "y": 1})'),
            preview(
                'Thing("a", colour="red", spec={"x": 1, "y": 2}, opts=ResourceOptions(replace_on_changes=["spec.x"]))'
            ),
            up('Thing("a", colour="red", spec={"x": 2, "y": 2}, opts=ResourceOptions(replace_on_changes=["spec"]))'),
            up('Thing("a", colour="blue", spec={"x": 2, "y": 2}, opts=ResourceOptions(replace_on_changes=["*"]))'),
        ),
    ),
    Scenario(
        "a replaced resource that cannot be deleted",
        (
            up('Thing("a", sizeReplace=1, fail="delete")'),
            up('Thing("a", sizeReplace=2)'),
            preview('Thing("a", sizeReplace=2)', "--diff"),
            AGAIN,
        ),
    ),
    Scenario(
        "replacing on demand",
        (
            up('a = Thing("a")\nThing("b", partner=a.address)'),
            Step("preview", None, ("--replace", urn("a"), "--diff")),
            Step("up", None, ("--replace", urn("a"))),
            Step("up", None, ("--replace", urn("nobody"))),
        ),
    ),
    Scenario(
        "everything but the protected",
        (
            up(
                'a = Thing("a")\nb = Thing("b", partner=a.address, opts=ResourceOptions(protect=True))\n'
                'c = Thing("c", partner=b.address)\nThing("d")'
            ),
            Step("destroy", None, ("--exclude-protected",)),
        ),
        ordered=False,
    ),
    Scenario(
        "replacement triggers",
        (
            up('a = Thing("a", opts=ResourceOptions(replacement_trigger="one"))'),
            preview('a = Thing("a", opts=ResourceOptions(replacement_trigger="two"))', "--diff"),
            AGAIN,
            up('a = Thing("a", colour="red")\nThing("b", opts=ResourceOptions(replace_with=[a]))'),
            Step("up", None, ("--replace", urn("a"))),
        ),
    ),
)
