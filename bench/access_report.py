"""How long the report on a preview of 1,000 grants takes, from the command line to the last character.

Run it with `python -m bench.access_report`. Beside it, to see that the time grows with the grants and not with their
square: 2,000 and 4,000, less what the interpreter and the imports take. Counted is the processor's time, which the
command spends in one thread and waits for nothing: it is what a clock shows on a machine that is not busy. Ends with
status 1 if 1,000 grants take more than 2 s.
"""

import json
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.access.sketch import USER_READ_ALL, Sketch, app_role, changed, site, unknown

LIMIT = 2.0
ROUNDS = 5


def stack(grants: int) -> Sketch:
    """Sites with ten grants each; all sites are updated, so that every grant previews as replaced."""
    sketch = Sketch()
    for number in range(grants // 10):
        holder = site(f"site-{number}", number)
        sketch.has(holder).updates(holder, changed(holder, httpsOnly=True))
        for role in range(10):
            grant = app_role(f"grant-{number}-{role}", holder, USER_READ_ALL)
            sketch.has(grant).replaces(grant, unknown(grant, "principalObjectId"), "principalObjectId")
    return sketch


def seconds(folder: Path, sketch: Sketch, form: str) -> float:
    """The median of ROUNDS runs of the command."""
    (folder / "preview.json").write_text(json.dumps(sketch.preview()), encoding="utf-8")
    (folder / "state.json").write_text(json.dumps(sketch.state()), encoding="utf-8")
    command = [sys.executable, "-m", "access", "report", str(folder / "preview.json")]
    command += ["--state", str(folder / "state.json"), "--format", form]
    taken = []
    for _ in range(ROUNDS):
        start = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        end = resource.getrusage(resource.RUSAGE_CHILDREN)
        taken.append(end.ru_utime + end.ru_stime - start.ru_utime - start.ru_stime)
    return statistics.median(taken)


def main() -> int:
    """Print a line for each size and format; return the exit status."""
    slowest = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for grants in (0, 1_000, 2_000, 4_000):
            sketch = stack(grants)
            for form in ("markdown", "text", "json"):
                taken = seconds(Path(folder), sketch, form)
                print(f"{grants:>6,} grants  {form:<8}  {taken:.2f} s")
                if grants == 1_000:
                    slowest = max(slowest, taken)
    print(f"1,000 grants: {slowest:.2f} s at most, {LIMIT:.0f} s allowed")
    return int(slowest > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
