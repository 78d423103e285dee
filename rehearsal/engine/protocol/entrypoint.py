"""The program's side: a Python process that runs a Pulumi program against the engine that started it.

Started by `program.py` with one JSON argument and, as file descriptor 0, a pipe that closes when the engine ends. It
does what pulumi/pulumi, sdk/python/cmd/pulumi-language-python-exec does: settings, configuration from PULUMI_CONFIG,
then the program as `__main__`. It imports nothing of the rehearsal: the program sees the interpreter of production.
"""

import asyncio
import json
import logging
import os
import runpy
import sys
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from typing import Any

ALREADY_SAID = 32
"""Exit status: the program failed, and the user has been told why."""


def main(started: dict[str, Any], threads_per_operation: int = 4) -> int:
    """Run the program that `started` describes; the exit status."""
    import pulumi
    import pulumi.runtime

    pulumi.runtime.set_all_config(pulumi.runtime.get_config_env(), pulumi.runtime.get_config_secret_keys_env())
    pulumi.runtime.configure(pulumi.runtime.Settings(**started["settings"]))
    program = started["program"]
    sys.argv = [program]
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    executor = ThreadPoolExecutor(max_workers=max(started["settings"]["parallel"], 1) * threads_per_operation)
    loop.set_default_executor(executor)
    # When a registration fails, what waits for it is never awaited: nothing the user could do about.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    try:
        loop.run_until_complete(pulumi.runtime.run_in_stack(lambda: _run(program)))
    except pulumi.RunError as error:
        pulumi.log.error(str(error))
        return 1
    except Exception:
        pulumi.log.error("Program failed with an unhandled exception:\n" + _of_program(program))
        return ALREADY_SAID
    finally:
        executor.shutdown(wait=True)
        loop.close()
    return 0


def _run(program: str) -> None:
    runpy.run_path(program, run_name="__main__")


def _of_program(program: str) -> str:
    """The traceback of the exception being handled, from the program's own first line on."""
    entry = os.path.realpath(program if program.endswith(".py") else os.path.join(program, "__main__.py"))  # noqa: PTH118
    frames = traceback.extract_tb(sys.exc_info()[2])
    for index, frame in enumerate(frames):
        if os.path.realpath(frame.filename) == entry:
            return traceback.format_exc(limit=index - len(frames))
    return traceback.format_exc()


def _end_with_engine() -> None:
    while os.read(0, 1):
        pass
    os._exit(1)


if __name__ == "__main__":
    threading.Thread(target=_end_with_engine, daemon=True).start()
    status = main(json.loads(sys.argv[1]))
    sys.stdout.flush()
    sys.stderr.flush()
    sys.exit(status)
