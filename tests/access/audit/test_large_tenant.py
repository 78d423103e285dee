"""A tenant of 5,000 service principals and 20,000 assignments: read by pages, and never held as Graph writes it."""

from __future__ import annotations

import re
from pathlib import Path

from rehearsal.azure.server import Options, running
from tests.access.audit.large_tenant import audited, deploy, fill
from tests.access.deployed import Deployed

PRINCIPALS = 5_000
ASSIGNMENTS = 20_000
MEGABYTES = 300
"""Of Python with its libraries, one page of assignments, and the findings; the assignments as Graph writes them are as
much again."""


def test_every_holder_of_a_role_is_found_among_twenty_thousand(tmp_path: Path) -> None:
    folder, config, api = deploy(tmp_path)
    fill(folder, api, PRINCIPALS, ASSIGNMENTS)
    with running(Options(state=folder.azure)) as endpoint:
        stack = Deployed(endpoint, folder, config)
        audit = audited(stack)
        requests = stack.stand_in.control.get("/_rehearsal/requests").json()["requests"]
        stack.stand_in.close()
    assert audit.status == 3, audit.told
    assert audit.written.count('"standing": "undeclared"') == ASSIGNMENTS
    assert audit.memory < MEGABYTES
    counts = [int(each.replace(",", "")) for each in re.findall(r"who holds roles on things-dev: ([\d,]+)", audit.told)]
    assert counts == [min(999 * page, ASSIGNMENTS + 1) for page in range(1, 22)], "it must tell how far it is"
    pages = [each for each in requests if each["path"].endswith("/appRoleAssignedTo")]
    assert len(pages) == len(counts)
    assert len(requests) < 60, "the number of requests must not grow with the principals"
