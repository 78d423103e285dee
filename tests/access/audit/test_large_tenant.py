"""A tenant of 5,000 service principals and 20,000 assignments: read by pages, and never held as a whole."""

from __future__ import annotations

import base64
import resource
import uuid
from pathlib import Path

from rehearsal.azure.server import Options, running
from rehearsal.azure.state_folder import StateFolder
from rehearsal.azure.store import Store
from rehearsal.folder import RehearsalFolder
from rehearsal.stand_in import record
from tests.access.deployed import ROOT, Deployed

PRINCIPALS = 5_000
ASSIGNMENTS = 20_000
MEGABYTES = 300
"""Of Python with its libraries, and a page of assignments; 20,000 of them as Graph writes them are three times this."""


def test_every_holder_of_a_role_is_found_among_twenty_thousand(tmp_path: Path) -> None:
    folder = RehearsalFolder.at(tmp_path)
    config = tmp_path / "Pulumi.dev.yaml"
    config.write_bytes((ROOT / "Pulumi.dev.yaml").read_bytes())
    with running(Options(state=folder.azure)) as endpoint:
        record(folder, endpoint)
        small = Deployed(endpoint, folder, config)
        up = small.rehearse("up", "--yes", "--skip-preview")
        assert up.returncode == 0, up.stdout + up.stderr
        small.stand_in.close()
    fill(folder, small.api)
    with running(Options(state=folder.azure)) as endpoint:
        large = Deployed(endpoint, folder, config)
        audited = large.audit("--format", "json")
        assert audited.returncode == 3, audited.stderr
        assert audited.stdout.count('"standing": "undeclared"') == ASSIGNMENTS
        assert "Reading who holds roles on things-dev: 19,980" in audited.stderr, "it must tell how far it is"
        large.stand_in.close()
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    assert largest < MEGABYTES, f"{largest:.0f} MB"


def fill(folder: RehearsalFolder, api: str) -> None:
    """Puts the principals and their assignments on the API beside what was deployed."""
    store = Store(StateFolder(folder.azure).store_file)
    try:
        with store.transaction():
            model = store.get("servicePrincipal", api)
            (assignment,) = store.find("appRoleAssignment", resourceId=api)
            assert model is not None
            people = [str(uuid.uuid4()) for _ in range(PRINCIPALS)]
            for number, person in enumerate(people):
                body = {**model, "id": person, "appId": str(uuid.uuid4()), "displayName": f"caller {number}"}
                store.put("servicePrincipal", person, {**body, "servicePrincipalNames": []})
            for number in range(ASSIGNMENTS):
                person = people[number % PRINCIPALS]
                identifier = (
                    base64.urlsafe_b64encode(uuid.UUID(person).bytes + uuid.uuid4().bytes).rstrip(b"=").decode()
                )
                name = f"caller {number % PRINCIPALS}"
                body = {**assignment, "id": identifier, "principalId": person, "principalDisplayName": name}
                store.put("appRoleAssignment", identifier, body)
    finally:
        store.close()
