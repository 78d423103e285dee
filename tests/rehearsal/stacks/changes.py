"""The changes that people make most, as configurations of the dev stack: what each previews and is reported as."""

from __future__ import annotations

from typing import Any

READ = {"value": "Things.Read.All", "description": "Read every thing"}
WRITE = {"value": "Things.Write.All", "description": "Change every thing"}
OWN = {"api": "own", "roles": ["Things.Read.All"]}
GRAPH = {"api": "Microsoft Graph", "roles": ["User.Read.All"]}

CONFIGURED: dict[str, dict[str, Any]] = {
    "nothing": {},
    "a setting": {"appSettings": {"API_URL": "https://elsewhere.example.com"}},
    "a tag": {"tags": {"owner": "somebody"}},
    "scale": {"scale": {"maximumInstanceCount": 60, "alwaysReady": 1}},
    "who may reach it": {"allowedIpRanges": ["203.0.113.0/24"]},
    "a new role": {"api": {"name": "things", "roles": [READ, WRITE]}},
    "a new role that is granted": {
        "api": {"name": "things", "roles": [READ, WRITE]},
        "grants": [{**OWN, "roles": ["Things.Read.All", "Things.Write.All"]}, GRAPH],
    },
    "a new grant": {"grants": [OWN, {**GRAPH, "roles": ["User.Read.All", "Mail.Send"]}]},
    "a removed grant": {"grants": [GRAPH]},
    "a renamed registration": {"api": {"name": "things", "roles": [READ], "displayName": "Things of ours"}},
    "protection": {"protect": True},
}
"""By what is changed: the keys of the project's configuration that are other than in `Pulumi.dev.yaml`."""
CODE = ("workload/caller/host.json", "00:02:00", "00:03:00")
"""A change of code: the file, what stands there, and what will."""
SITE = "caller-site"
"""The resource whose replacement takes an identity away."""


def golden_name(change: str) -> str:
    """What the golden preview and report of a change are called: `keyless-a-new-grant`."""
    return "keyless-unchanged" if change == "nothing" else f"keyless-{change.replace(' ', '-')}"
