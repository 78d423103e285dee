"""An audit as people and programs read it."""

from __future__ import annotations

from access.audit.audit import Audit
from access.audit.document import document
from access.audit.finding import Finding, Kind, Party, Standing, ordered
from access.audit.table import table
from access.roles.risk import Risk

CALLER, API = Party("p1", "caller", "c1"), Party("a1", "things-dev", "c2")
FINDINGS = (
    Finding(
        Standing.PRESENT,
        Kind.APP_ROLE,
        CALLER,
        API,
        "Things.Read.All",
        "r1",
        "2026-03-01T09:00:00Z",
        Risk.READ,
        "/servicePrincipals/a1/appRoleAssignedTo/x1",
        "urn:pulumi:dev::keyless::type::name",
    ),
    Finding(Standing.MISSING, Kind.IDENTITY, Party("p2", "gone"), Party("p2", "gone"), ""),
    Finding(
        Standing.UNDECLARED,
        Kind.AZURE_ROLE,
        CALLER,
        Party("/subscriptions/s1", "s1"),
        "Owner",
        "r2",
        None,
        Risk.TAKEOVER,
    ),
    Finding(
        Standing.UNDECLARED, Kind.SECRET, API, API, "by\nhand", since="2026-03-02T09:00:00Z", risk=Risk.WRITE, id="k1"
    ),
)


def test_a_table_begins_with_what_is_most_dangerous_and_ends_with_what_to_do() -> None:
    assert table(Audit(tuple(ordered(FINDINGS)), "t1", "me"), "dev") == (
        "Stack dev in tenant t1, seen as me\n"
        "1 declared and present, 1 declared and missing, 2 present and not declared\n"
        "\n"
        "STANDING    WHO              HOLDS                       ON          SINCE                 RISK      ID\n"
        "undeclared  caller (p1)      Azure role Owner            s1          -                     takeover  -\n"
        "undeclared  things-dev (a1)  client secret by\\u000ahand  things-dev  2026-03-02T09:00:00Z  write     k1\n"
        "missing     gone (p2)        identity                    gone        -                     -         -\n"
        "present     caller (p1)      app role Things.Read.All    things-dev  2026-03-01T09:00:00Z  read      "
        "/servicePrincipals/a1/appRoleAssignedTo/x1\n"
        "\n"
        "What is missing comes back with: pulumi up --refresh --stack dev\n"
        "\n"
        "Drift: see above.\n"
    )


def test_a_table_without_disagreements_says_so() -> None:
    assert table(Audit(FINDINGS[:1], "t1", "me"), "dev").splitlines()[-2:] == [
        "",
        "Clean: what is granted is what was declared.",
    ]


def test_a_document_holds_who_which_role_on_what_since_when_and_its_risk() -> None:
    assert document(Audit(FINDINGS[:1], "t1", "me"), "dev") == {
        "stack": "dev",
        "tenantId": "t1",
        "seenAs": "me",
        "clean": True,
        "counts": {"present": 1, "missing": 0, "undeclared": 0},
        "findings": [
            {
                "standing": "present",
                "kind": "app role",
                "principal": {"id": "p1", "name": "caller", "clientId": "c1"},
                "role": {"name": "Things.Read.All", "id": "r1"},
                "target": {"id": "a1", "name": "things-dev", "clientId": "c2"},
                "since": "2026-03-01T09:00:00Z",
                "risk": "read",
                "id": "/servicePrincipals/a1/appRoleAssignedTo/x1",
                "urn": "urn:pulumi:dev::keyless::type::name",
            }
        ],
    }
