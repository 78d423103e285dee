"""`python -m rehearsal.azure.functions_host FOLDER --port N`: run a functions app on loopback.

Everything else comes from the environment: the app's settings and the identity endpoint's variables, as App Service
sets them, and the master key (see `host.KEY_VARIABLE`).
"""

import argparse
import logging
import os
import sys
import traceback
from pathlib import Path

from rehearsal.azure.functions_host.functions import AppError
from rehearsal.azure.functions_host.process import PortInUse, run


def main() -> int:
    """The exit status: 0 after an orderly end, 1 when the app cannot be served."""
    parser = argparse.ArgumentParser(
        prog="python -m rehearsal.azure.functions_host", description="Run a functions app."
    )
    parser.add_argument("folder", type=Path, help="the folder with function_app.py")
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 (the default) for any free one")
    parser.add_argument(
        "--end-with-stdin",
        action="store_true",
        help="end when standard input closes, so that no parent leaves it behind",
    )
    arguments = parser.parse_args()
    if not 0 <= arguments.port <= 65535:
        parser.error(f"--port must be from 0 to 65535, not {arguments.port}")
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    try:
        run(arguments.folder, arguments.port, end_with_stdin=arguments.end_with_stdin)
    except (AppError, PortInUse) as error:
        print(error, file=sys.stderr)  # noqa: T201 (what the person who started it reads)
        return 1
    except Exception:
        traceback.print_exc()
        print(f"The app in {arguments.folder} cannot be loaded; the reason is above.", file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # Not sys.exit: that would wait for threads in which functions may hang.
    os._exit(status)
