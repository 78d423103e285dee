"""What a program declares, found by running it against an engine that only listens.

The program itself says what it will register: nothing here repeats its names, its roles or its rules.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import runpy
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
import pulumi
from google.protobuf import empty_pb2, json_format
from pulumi import runtime
from pulumi.runtime import rpc
from pulumi.runtime.proto import resource_pb2
from pulumi.runtime.settings import Settings as RuntimeSettings
from pulumi.runtime.stack import run_in_stack

from access.errors import AccessError

Answer = Callable[[str, Mapping[str, Any]], dict[str, Any]]
"""A provider's function (`getServicePrincipal`) and its arguments to its result; raises LookupFailedError and
AccessError."""


class ProgramError(Exception):
    """The program ended with an error of its own; the message is for the user."""


class LookupFailedError(grpc.RpcError):
    """A provider's function found nothing; it travels to the program as a provider's error does."""

    def __init__(self, message: str) -> None:
        """`message` is what the provider says."""
        super().__init__(message)
        self._message = message

    def code(self) -> grpc.StatusCode:
        """The status under which providers fail."""
        return grpc.StatusCode.UNKNOWN

    def details(self) -> str:
        """What the provider says."""
        return self._message


@dataclass(frozen=True)
class Registration:
    """A resource that the program registers."""

    type: str
    name: str
    inputs: Mapping[str, Any]
    imported: str
    """The id of what is to be taken over; empty for what is to be made."""
    component: str
    """The name of the component that it is part of."""
    deleted_with: str = ""
    """The URN of what takes it along when it is deleted; empty if it is deleted by itself."""
    before_replacement: bool = False
    """Whether it is deleted before another one takes its place, whatever it would be deleted with."""

    def known(self, name: str) -> str | None:
        """Returns an input that is a text and known before anything exists."""
        value = self.inputs.get(name)
        return value if isinstance(value, str) and value != rpc.UNKNOWN else None


@dataclass
class Declaration:
    """What one run of a program registers and looks up."""

    resources: list[Registration] = field(default_factory=list)
    lookups: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def all(self, *types: str) -> list[Registration]:
        """Returns the resources of these types."""
        return [each for each in self.resources if each.type in types]


def declared(
    folder: Path, project: str, stack: str, config: Mapping[str, str], secrets: list[str], answer: Answer
) -> Declaration:
    """Runs the program in `folder` as a preview of a stack that has nothing yet, and returns what it declares.

    `config` is its configuration as the engine hands it over. Raises ProgramError, and AccessError if a look-up could
    not be made.
    """
    declaration = Declaration()
    listener = _Listener(declaration, answer, project, stack)

    def run() -> None:
        runtime.set_all_config(dict(config), secrets)
        settings = RuntimeSettings(project=project, stack=stack, monitor=listener, engine=_Deaf(), dry_run=True)
        runtime.configure(settings)
        with asyncio.Runner() as runner:
            runner.run(run_in_stack(main))

    def main() -> None:
        runpy.run_path("__main__.py", run_name="__main__")

    sys.path.insert(0, str(folder.absolute()))
    try:
        # The engine runs a program in its folder, and the program reads the code that it deploys from there.
        with contextlib.chdir(folder):
            contextvars.copy_context().run(run)
    except pulumi.RunError as error:
        raise listener.failure or ProgramError(str(error)) from error
    except Exception as error:
        raise listener.failure or ProgramError(f"{type(error).__name__}: {error}") from error
    finally:
        sys.path.remove(str(folder.absolute()))
    return declaration


class _Listener:
    """The engine's side of Pulumi's resource protocol (pulumi, `proto/pulumi/resource.proto`)."""

    def __init__(self, declaration: Declaration, answer: Answer, project: str, stack: str) -> None:
        self._declaration = declaration
        self._answer = answer
        self._project = project
        self._stack = stack
        self.failure: AccessError | None = None
        """Why a look-up could not be made."""

    def RegisterResource(self, request: Any, *_: Any) -> Any:  # noqa: N802 (names of the protocol)
        inputs = json_format.MessageToDict(request.object)
        urn = f"urn:pulumi:{self._stack}::{self._project}::{request.type}::{request.name}"
        if request.custom and not request.type.startswith("pulumi:"):
            self._declaration.resources.append(
                Registration(
                    request.type,
                    request.name,
                    inputs,
                    request.importId,
                    component=request.parent.rpartition("::")[2],
                    deleted_with=request.deletedWith,
                    before_replacement=request.deleteBeforeReplace,
                )
            )
        response = resource_pb2.RegisterResourceResponse(urn=urn)
        json_format.ParseDict(inputs, response.object)
        return response

    def RegisterResourceOutputs(self, *_: Any) -> Any:  # noqa: N802
        return empty_pb2.Empty()

    def RegisterPackage(self, *_: Any) -> Any:  # noqa: N802
        return resource_pb2.RegisterPackageResponse(ref="")

    def Invoke(self, request: Any, *_: Any) -> Any:  # noqa: N802
        function, arguments = request.tok.rpartition(":")[2], json_format.MessageToDict(request.args)
        self._declaration.lookups.append((function, arguments))
        response = resource_pb2.ResourceInvokeResponse()
        try:
            json_format.ParseDict(self._answer(function, arguments), getattr(response, "return"))
        except AccessError as error:
            self.failure = self.failure or error
            raise
        return response

    def GetDeploymentInfo(self, *_: Any) -> Any:  # noqa: N802
        features = (
            resource_pb2.RESOURCE_MONITOR_FEATURE_SECRETS,
            resource_pb2.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
            resource_pb2.RESOURCE_MONITOR_FEATURE_DELETED_WITH,
        )
        return resource_pb2.DeploymentInfo(supportedFeatures=features)

    def SupportsFeature(self, request: Any, *_: Any) -> Any:  # noqa: N802
        return resource_pb2.SupportsFeatureResponse(hasSupport=request.id in ("secrets", "aliasSpecs", "deletedWith"))

    def SignalAndWaitForShutdown(self, *_: Any) -> Any:  # noqa: N802
        return empty_pb2.Empty()


class _Deaf:
    """Where a program logs to. What goes wrong is raised as well."""

    def Log(self, *_: Any) -> Any:  # noqa: N802
        return empty_pb2.Empty()
