"""Policy packs in Python, run as the pulumi CLI runs them: each as a program of its own, in its own environment.

The CLI reads `PulumiPolicy.yaml` in the pack's folder and has its language host run that folder with the interpreter of
the virtual environment named there (pulumi/pulumi, sdk/go/common/resource/plugin/analyzer_plugin.go, and
sdk/python/cmd/pulumi-language-python, `RunPlugin`).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from rehearsal.child_process import plugin
from rehearsal.engine.policy_pack import PolicyPack
from rehearsal.environment import foreign_environment
from rehearsal.errors import RehearsalError
from rehearsal.folder import RehearsalFolder


def policy_packs(paths: Sequence[str], configs: Sequence[Path], folder: RehearsalFolder) -> list[PolicyPack]:
    """The packs that `--policy-pack` names, with what `--policy-pack-config` gives for each, in the same order.

    Raises RehearsalError when one is no pack in Python, or when not each has its configuration though one has.
    """
    if configs and not paths:
        raise RehearsalError('"--policy-pack-config" must be specified with "--policy-pack"')
    if configs and len(configs) != len(paths):
        raise RehearsalError(
            'the number of "--policy-pack-config" flags must match the number of "--policy-pack" flags'
        )
    of_packs: list[Path | None] = list(configs) or [None] * len(paths)
    return [_pack(path, config, folder) for path, config in zip(paths, of_packs, strict=True)]


def _pack(path: str, config: Path | None, folder: RehearsalFolder) -> PolicyPack:
    place = Path(path).absolute()
    description = place / "PulumiPolicy.yaml"
    try:
        document: Any = yaml.safe_load(description.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as fault:
        raise RehearsalError(f"failed to load Pulumi policy project located at {path!r}: {fault}") from fault
    document = document if isinstance(document, dict) else {}
    runtime = document.get("runtime")
    runtime = {"name": runtime} if isinstance(runtime, str) else runtime or {}
    if runtime.get("name") != "python":
        raise RehearsalError(f"{description} is of a pack in {runtime.get('name')!r}; a rehearsal runs packs in python")
    environment = (runtime.get("options") or {}).get("virtualenv")
    python = place / str(environment) / ("Scripts" if os.name == "nt" else "bin") / "python"
    if not environment or not python.exists():
        raise RehearsalError(
            f"The policy pack {path!r} has no environment to run in: there is no {python}.\n"
            "This project's own gets one by: make setup"
        )
    start = partial(
        plugin,
        f"the policy pack {path}",
        [str(place)],
        environment=foreign_environment(),
        folder=place,
        log=folder.root / "policy-pack.log",
        python=python,
    )
    return PolicyPack(path, start, str(document.get("version", "")), config)
