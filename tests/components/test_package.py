"""The package: the same bytes for the same files, and only what belongs into it."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import pytest

from components.package import IncompletePackageError, Package

ROOT = Path(__file__).parents[2]
FILES = {"host.json": "{}", "function_app.py": "app = 1\n", "requirements.txt": "httpx\n", "inner/part.py": "x = 1\n"}


def folder(place: Path, files: dict[str, str]) -> Path:
    for name, content in files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(content, encoding="utf-8")
    return place


def test_the_same_content_has_the_same_hash_and_the_same_bytes_wherever_and_whenever_it_was_written(
    tmp_path: Path,
) -> None:
    one = folder(tmp_path / "one", FILES)
    other = folder(tmp_path / "other", dict(reversed(FILES.items())))
    os.utime(other / "host.json", (0, 0))
    (other / "host.json").chmod(0o600)
    packages = [Package.of(one), Package.of(other)]
    assert packages[0].hash == packages[1].hash
    assert packages[0].archive() == packages[1].archive()


@pytest.mark.parametrize(
    "changed",
    [{"host.json": "{ }"}, {"inner/part.py": ""}, {"another.py": ""}],
    ids=["other content", "emptied", "one more"],
)
def test_any_other_content_has_another_hash(tmp_path: Path, changed: dict[str, str]) -> None:
    before = Package.of(folder(tmp_path / "one", FILES)).hash
    assert Package.of(folder(tmp_path / "other", {**FILES, **changed})).hash != before


def test_bytes_that_move_from_one_file_to_the_next_change_the_hash() -> None:
    assert Package({"a": b"xy", "b": b"z"}).hash != Package({"a": b"x", "b": b"yz"}).hash


def test_the_archive_holds_the_files_and_no_time(tmp_path: Path) -> None:
    archive = zipfile.ZipFile(io.BytesIO(Package.of(folder(tmp_path, FILES)).archive()))
    assert {name: archive.read(name).decode() for name in archive.namelist()} == FILES
    assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_what_funcignore_names_stays_out(tmp_path: Path) -> None:
    ignored = {
        ".funcignore": ".git*\n__pycache__/\nlocal.settings.json\n",
        "local.settings.json": "{}",
        ".gitignore": "x",
        "inner/__pycache__/part.pyc": "x",
    }
    assert set(Package.of(folder(tmp_path, {**FILES, **ignored})).files) == set(FILES)


def test_a_folder_that_no_app_could_run_is_refused_with_all_that_it_lacks(tmp_path: Path) -> None:
    with pytest.raises(IncompletePackageError) as refused:
        Package.of(folder(tmp_path, {"host.json": "{}"}))
    assert str(refused.value) == (
        f"{tmp_path} cannot be deployed: it has no function_app.py and no requirements.txt. A function app in Python "
        'needs host.json, function_app.py, requirements.txt (Azure Functions, "Python developer reference", folder '
        "structure)."
    )


def test_the_caller_is_packaged_without_secrets_and_caches() -> None:
    names = set(Package.of(ROOT / "workload" / "caller").files)
    assert {"function_app.py", "host.json", "requirements.txt"} <= names
    assert not [name for name in names if "__pycache__" in name or name.startswith((".", "local."))]
