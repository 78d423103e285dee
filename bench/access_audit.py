"""How long an audit of a large tenant takes, and how much memory: 5,000 service principals, 20,000 role assignments.

Run it with `python -m bench.access_audit`. The tenant is the stand-in's, on this machine and over TLS, so what counts
is the processor's time of the command alone; a clock shows what the stand-in takes as well. Beside it, to see that time
and memory grow with the assignments and not with their square: half as many and twice as many. Ends with status 1 if
the 20,000 take more than 10 s or 300 MB.
"""

import json
import sys
import tempfile
from pathlib import Path

from rehearsal.azure.server import Options, running
from tests.access.audit.large_tenant import audited, deploy, fill
from tests.access.deployed import Deployed

SECONDS, MEGABYTES = 10.0, 300.0
SIZES = ((2_500, 10_000), (5_000, 20_000), (10_000, 40_000))


def main() -> int:
    """Print a line for each size; return the exit status."""
    too_much = False
    for principals, assignments in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            stack_folder, config, api = deploy(Path(folder))
            fill(stack_folder, api, principals, assignments)
            with running(Options(state=stack_folder.azure)) as endpoint:
                stack = Deployed(endpoint, stack_folder, config)
                took = audited(stack)
                stack.stand_in.close()
        findings = len(json.loads(took.written)["findings"])
        print(
            f"{principals:>6,} principals {assignments:>6,} assignments {findings:>6,} "
            f"findings {took.processor:5.1f} s of the processor {took.clock:5.1f} s by the clock {took.memory:4.0f} MB"
        )
        if assignments == 20_000:
            too_much = took.processor > SECONDS or took.memory > MEGABYTES
    print(f"allowed for 20,000: {SECONDS:.0f} s, {MEGABYTES:.0f} MB")
    return int(too_much)


if __name__ == "__main__":
    sys.exit(main())
