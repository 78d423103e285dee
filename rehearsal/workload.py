"""The two programs of `workload/` as processes of this machine; all they are told is in their environment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from rehearsal.child_process import child


def api(
    outputs: Mapping[str, Any],
    *,
    environment: Mapping[str, str],
    project: Path,
    log: Path,
    port: int = 0,
    lost: Callable[[str], None] | None = None,
) -> AbstractContextManager[str]:
    """Run the API of `workload/api` as a stack's `outputs` describe it; the block gets its address.

    `environment` is what it is told besides, `port` where on loopback it listens, 0 for any free one, and `lost` as for
    `child`. Raises RehearsalError when it does not start.
    """
    return child(
        "the API",
        ["uvicorn", "workload.api.app:app", "--host", "127.0.0.1", "--port", str(port)],
        ready=r"running on (http://127\.0\.0\.1:\d+)",
        environment={
            **environment,
            "API_AUDIENCE": outputs["audience"],
            "API_ISSUER": outputs["issuer"],
            "API_TENANT_ID": outputs["tenantId"],
        },
        folder=project,
        log=log,
        lost=lost,
    )


def function(
    code: Path,
    *,
    environment: Mapping[str, str],
    project: Path,
    log: Path,
    port: int = 0,
    lost: Callable[[str], None] | None = None,
) -> AbstractContextManager[str]:
    """Run the functions app in the folder `code` as App Service would; the rest is as for `api`."""
    return child(
        "the function",
        ["rehearsal.azure.functions_host", str(code), "--port", str(port)],
        ready=r"ready (http://127\.0\.0\.1:\d+)",
        environment=environment,
        folder=project,
        log=log,
        lost=lost,
    )
