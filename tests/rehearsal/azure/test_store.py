"""The store: documents by kind and key, all or nothing, in order."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.azure.store import BrokenState, Store


@pytest.fixture(params=["memory", "file"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "store.sqlite3" if request.param == "file" else None)
    yield store
    store.close()


def test_a_failure_takes_back_everything_of_its_transaction(store: Store) -> None:
    store.put("thing", "kept", {"number": 1})

    def fail() -> None:
        with store.transaction():
            store.put("thing", "kept", {"number": 2})
            store.put("thing", "new", {"number": 3})
            store.remove("thing", "kept")
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert store.all("thing") == [{"number": 1}]


def test_a_transaction_within_another_is_part_of_it(store: Store) -> None:
    def fail() -> None:
        with store.transaction():
            with store.transaction():
                store.put("thing", "inner", {})
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert store.all("thing") == []


def test_documents_come_in_the_order_they_were_made_however_they_change(store: Store) -> None:
    for key in ("b", "a", "c"):
        store.put("thing", key, {"key": key})
    store.put("thing", "a", {"key": "a", "changed": True})
    assert [document["key"] for document in store.all("thing")] == ["b", "a", "c"]
    assert store.remove("thing", "b")
    assert not store.remove("thing", "b")
    assert [document["key"] for document in store.all("thing")] == ["a", "c"]


def test_what_comes_out_can_be_changed_without_changing_the_store(store: Store) -> None:
    store.put("thing", "key", {"list": []})
    document = store.get("thing", "key")
    assert document is not None
    document["list"].append(1)
    assert store.get("thing", "key") == {"list": []}


def test_equality_tells_text_from_numbers_and_from_nothing(store: Store) -> None:
    values = ["1", 1, None, "", 0]
    for position, value in enumerate(values):
        store.put("thing", str(position), {"value": value, "position": position})
    assert [document["value"] for document in store.find("thing", value="1")] == ["1"]
    assert [document["value"] for document in store.find("thing", value=None)] == [None]
    assert store.find("thing", value="1", position=4) == []
    assert store.find("other", value="1") == []


def test_a_dump_is_everything_and_loads_as_it_was(store: Store) -> None:
    store.put("thing", "one", {"number": 1})
    store.put("other", "one", {"number": 2})
    before = store.dump()
    store.put("thing", "two", {"number": 3})
    store.load(before)
    assert store.dump() == before == [("thing", "one", {"number": 1}), ("other", "one", {"number": 2})]


def test_a_file_of_another_layout_is_refused_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "store.sqlite3"
    store = Store(file)
    store._connection.execute("PRAGMA user_version = 99")
    store.close()
    content = file.read_bytes()
    with pytest.raises(BrokenState, match="its layout is 99, this version reads layout 1"):
        Store(file)
    assert file.read_bytes() == content
