"""The functions of an app: loaded from `function_app.py` as the Python worker loads them.

The worker imports the module with the app's folder first on the path, looks for the one `FunctionApp` in it and asks
it for triggers and bindings (Azure Functions documentation, "Azure Functions Python developer guide", "Programming
model").
"""

import importlib
import inspect
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import azure.functions as azure_functions

from rehearsal.azure.functions_host import route_templates

_HTTP, _TIMER = "httpTrigger", "timerTrigger"
_MODULE = "function_app"


class AppError(Exception):
    """An app that this host cannot run; the message says what is wrong, where, and what to do."""


@dataclass(frozen=True)
class Function:
    """One function.

    `argument` is the parameter that gets the trigger's data, `wants_context` whether it also takes `context`. HTTP
    triggers have a `route`, `methods` (none: every one) and a `level` (anonymous, function or admin); timers have
    neither.
    """

    name: str
    call: Callable[..., Any]
    argument: str
    wants_context: bool
    route: re.Pattern[str] | None = None
    template: str = ""
    methods: frozenset[str] = frozenset()
    level: str = ""

    @property
    def is_coroutine(self) -> bool:
        """Whether calling it gives something to await."""
        return inspect.iscoroutinefunction(self.call)


def load(folder: Path) -> list[Function]:
    """The functions of the app in a folder. Raises `AppError` with every function that cannot be served."""
    if not (folder / f"{_MODULE}.py").is_file():
        raise AppError(
            f"There is no {_MODULE}.py in {folder}. Give the folder of an Azure Functions app (Python v2 model)."
        )
    if sys.flags.safe_path:
        sys.path.insert(0, str(folder))
    else:
        # In the place of the folder the host was started in, whose modules the app has no business with.
        sys.path[0] = str(folder)
    importlib.invalidate_caches()
    module = importlib.import_module(_MODULE)
    apps = [value for value in vars(module).values() if isinstance(value, azure_functions.FunctionRegister)]
    if len(apps) != 1:
        found = "no FunctionApp" if not apps else f"{len(apps)} FunctionApps"
        raise AppError(f"{folder / (_MODULE + '.py')} defines {found} at its top level; exactly one is needed.")
    functions, faults = [], []
    for declared in apps[0].get_functions():
        try:
            functions.append(_function(declared))
        except (AppError, route_templates.UnsupportedRouteError) as error:
            faults.append(str(error))
    if faults:
        raise AppError("\n".join(faults))
    return functions


def _function(declared: Any) -> Function:
    name, trigger = declared.get_function_name(), declared.get_trigger()
    if trigger is None:
        raise AppError(
            f"The function '{name}' has no trigger. Give it one, such as @app.route() or @app.timer_trigger()."
        )
    settings = trigger.get_dict_repr()
    kind = settings["type"]
    if kind not in (_HTTP, _TIMER):
        raise AppError(f"The function '{name}' has the trigger '{kind}'. This host serves {_HTTP} and {_TIMER} only.")
    for binding in declared.get_bindings():
        if binding is not trigger and not (kind == _HTTP and binding.get_dict_repr()["type"] == "http"):
            other = binding.get_dict_repr()
            raise AppError(
                f"The function '{name}' has the binding '{other['type']}' ({other['name']}). "
                "This host serves functions without input and output bindings only."
            )
    call = declared.get_user_function()
    wants_context = _check_parameters(name, call, settings["name"])
    if kind == _TIMER:
        return Function(name, call, settings["name"], wants_context)
    template = settings.get("route") or name
    return Function(
        name,
        call,
        settings["name"],
        wants_context,
        route=route_templates.compiled(template),
        template=template.strip("/"),
        methods=frozenset(str(method).upper() for method in settings.get("methods") or ()),
        level=str(settings["authLevel"]).lower(),
    )


def _check_parameters(name: str, call: Callable[..., Any], argument: str) -> bool:
    """Whether the function takes `context` beside its trigger; other parameters are refused, as the worker does."""
    parameters = set(inspect.signature(call).parameters)
    unknown = parameters - {argument, "context"}
    if argument not in parameters or unknown:
        wrong = (
            f"without the parameter '{argument}'" if not unknown else f"with parameters that are no bindings: {unknown}"
        )
        raise AppError(f"The function '{name}' is declared {wrong}. It takes '{argument}' and, if it likes, 'context'.")
    return "context" in parameters
