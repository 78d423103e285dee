"""The engine stays small, and its planner pure: it asks questions and returns steps, and touches nothing."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
ENGINE = ROOT / "rehearsal" / "engine"
TOO_LONG = 300
"""Lines of a module."""
PURE = {"__future__", "collections.abc", "copy", "dataclasses", "enum", "re", "typing"}
"""What the planner may import besides itself and what it plans with, of which the same is asked."""


def test_no_module_of_the_engine_is_long() -> None:
    lengths = {module: len(module.read_text(encoding="utf-8").splitlines()) for module in ENGINE.rglob("*.py")}
    assert lengths, "the engine has moved and this test with it"
    assert not {module: length for module, length in lengths.items() if length >= TOO_LONG}


def _imports(module: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            submodules = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name for name in submodules if _file(name) is not None} or {node.module}
    return found


def _file(name: str) -> Path | None:
    """The file of a module of the engine."""
    path = ROOT.joinpath(*name.split("."))
    candidates = [path.with_suffix(".py"), path / "__init__.py"]
    return next((file for file in candidates if file.exists() and file.is_relative_to(ENGINE)), None)


def test_the_planner_is_pure() -> None:
    to_see = sorted((ENGINE / "plan").glob("*.py"))
    seen: set[Path] = set()
    assert to_see, "the planner has moved and this test with it"
    while to_see:
        module = to_see.pop()
        if module in seen:
            continue
        seen.add(module)
        source = ast.parse(module.read_text(encoding="utf-8"))
        called = {
            node.func.id for node in ast.walk(source) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        assert not called & {"open", "print", "input", "exec", "eval", "__import__"}, module
        for name in _imports(module):
            file = _file(name)
            assert file is not None or name in PURE, f"{module} imports {name}"
            if file is not None:
                to_see.append(file)
