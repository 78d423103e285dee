"""A plugin process for the real `pulumi` CLI: `python -m rehearsal.providers azuread|azure-native [engine address]`.

Prints its port and a newline, as every Pulumi plugin does, and serves until its parent is gone. The engine's address
and the logging flags the CLI adds are accepted; the providers have nothing to tell the engine beyond their answers.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from typing import Final

from rehearsal.providers.packages import NAMES
from rehearsal.providers.serving import serving

PARENT_LOOKED_FOR_EVERY: Final = 0.5
"""Seconds between two looks at whether the parent still lives: a killed CLI cannot tell its plugins."""


def main(arguments: list[str]) -> int:
    """Serve the package named by the first argument; returns the process's exit status."""
    name = next((known for known in NAMES if arguments[:1] == [known]), None)
    if name is None:
        given = f"not {arguments[0]!r}" if arguments else "and none is given"
        usage = f"usage: python -m rehearsal.providers PACKAGE, PACKAGE being {' or '.join(NAMES)}, {given}"
        sys.stderr.write(usage + "\n")
        return 2
    parent = os.getppid()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with serving(name, os.environ) as address:
        sys.stdout.write(address.rpartition(":")[2] + "\n")
        sys.stdout.flush()
        while not stop.wait(PARENT_LOOKED_FOR_EVERY):
            if os.getppid() != parent:
                break
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
