"""Processes forked from one that has imported everything (see `warm`): importing takes longer than what they do."""

from __future__ import annotations

import multiprocessing

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(
    ["pytest", *(f"tests.rehearsal.engine.{name}" for name in ("crashing", "graphs", "test_crashes", "warm"))]
)
