"""Random programs go through random histories, and nothing is ever lost, doubled or deleted out of turn."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path

from hypothesis import given, note, settings
from hypothesis import strategies as st

from rehearsal.engine.display import display
from rehearsal.engine.execution.run import Run
from rehearsal.engine.options import Options
from rehearsal.engine.plan.steps import DELETIONS, Op
from rehearsal.engine.resource import Resource
from rehearsal.engine.result import Result
from rehearsal.engine.state import integrity
from tests.rehearsal.engine.graphs import Node, changed, driven, graphs
from tests.rehearsal.engine.stack import Stack
from tests.rehearsal.engine.toy import Cloud, serving

CREATIONS = (Op.CREATE, Op.CREATE_REPLACEMENT)


class History:
    """One stack and its cloud. After every operation the state is whole, and says what the cloud has."""

    def __init__(self, folder: Path, cloud: Cloud, address: str, *, continue_on_error: bool) -> None:
        self.cloud = cloud
        self.options = Options(parallel=4, continue_on_error=continue_on_error)
        self.containers: set[int | None] = set()
        self.stack = Stack(folder, {"toy": lambda: nullcontext(address)})

    def up(self, nodes: Sequence[Node], *, refresh: bool = False) -> Result:
        return self._checked(lambda run: run.carry_out("update", False, driven(nodes, refresh=refresh)))

    def refresh(self) -> Result:
        return self._checked(lambda run: run.refresh(preview=False))

    def destroy(self) -> Result:
        return self._checked(lambda run: run.destroy(preview=False))

    def names(self) -> list[str]:
        """Of everything of the program that is in the state."""
        return sorted(self.stack.recorded())

    def vanish(self, numbers: set[int]) -> None:
        """Delete things behind the engine's back."""
        for id_, thing in list(self.cloud.things.items()):
            if int(thing["__name"].strip("nx")) in numbers:
                self.cloud.remove(id_)

    def failing(self, failures: set[tuple[str, int]], nodes: Sequence[Node] = ()) -> None:
        """From now on the cloud refuses these calls for the resources with these numbers.

        It deletes what others go with: Pulumi forgets those before, and could not know that they are still there.
        """
        self.containers |= {node.deleted_with for node in nodes}
        failures = {failure for failure in failures if failure[0] != "delete" or failure[1] not in self.containers}

        def refuses(call: str, name: str) -> str:
            return f"no {call} of {name} today" if (call, int(name.strip("nx"))) in failures else ""

        self.cloud.refuses = refuses

    def _run(self) -> Run:
        self.said = io.StringIO()
        return Run(self.stack.workspace, "dev", self.options, display(self.said))

    def _checked(self, operation: Callable[[Run], Result]) -> Result:
        before, _ = self._run().open()
        result = operation(self._run())
        note(self.said.getvalue())
        checkpoint, _ = self._run().open()
        assert list(integrity.faults(checkpoint.resources)) == []
        assert list(checkpoint.pending) == []
        known = [r.id for r in checkpoint.resources if r.type == "toy:index:Thing" and not r.pending_replacement]
        assert len(known) == len(set(known))
        assert set(known) == set(self.cloud.things)
        _in_order(result, before.resources)
        return result


def _in_order(result: Result, before: Sequence[Resource]) -> None:
    """Nothing was created before what it needs, nor deleted before what needed it.

    What is deleted to be replaced at once only takes along what has to be replaced, too, not all that depends on it. Of
    two resources with a URN, one needs those that came before it in the state `before`.
    """
    places = {(resource.urn, resource.id): place for place, resource in enumerate(before)}
    steps = list(result.steps)
    created = {step.urn: index for index, step in enumerate(steps) if step.op in CREATIONS}
    for urn, index in created.items():
        assert all(created.get(needed, -1) < index for needed in steps[index].resource.requires()), urn
    gone = [step.resource for step in steps if step.op in DELETIONS and not step.pending_replacement]
    for index, resource in enumerate(gone):
        place = places[resource.urn, resource.id]
        needing = [
            later.urn
            for later in gone[index + 1 :]
            if resource.urn in later.requires() and place < places[later.urn, later.id]
        ]
        assert not needing, resource.urn


FAILURES = st.sets(st.tuples(st.sampled_from(["create", "update", "delete", "read"]), st.integers(0, 6)), max_size=3)


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_any_history_ends_with_what_the_program_says_and_destroy_leaves_nothing(data: st.DataObject) -> None:
    cloud = Cloud()
    nodes = data.draw(graphs())
    with tempfile.TemporaryDirectory() as folder, serving(cloud) as address:
        history = History(Path(folder), cloud, address, continue_on_error=data.draw(st.booleans()))
        for _ in range(data.draw(st.integers(1, 4))):
            history.failing(data.draw(FAILURES), nodes)
            operation = data.draw(st.sampled_from(["up", "up", "up --refresh", "refresh", "destroy"]))
            note(f"{operation} {nodes}")
            if "refresh" in operation:
                history.vanish(data.draw(st.sets(st.integers(0, 6), max_size=2)))
            if operation == "refresh":
                history.refresh()
            elif operation == "destroy":
                history.destroy()
            else:
                history.up(nodes, refresh=operation != "up")
                nodes = data.draw(changed(nodes)) or data.draw(graphs())
        history.failing(set())
        done = history.up(nodes)
        assert done.succeeded
        assert history.names() == sorted(node.name for node in nodes)
        again = history.up(nodes)
        assert not again.has_changes
        assert history.destroy().succeeded
        assert cloud.things == {}
