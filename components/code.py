"""The code of a function app, as a resource: a change of it previews as exactly one change."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pulumi
from pulumi import dynamic

from components import one_deploy
from components.package import Package

_DECIDING = ("site_id", "principal_id", "package_hash")


@dataclass(frozen=True, kw_only=True)
class CodeArgs:
    """What is deployed where."""

    folder: str
    """With the sources, relative to the program: the state must not know whose machine deployed."""
    site_id: pulumi.Input[str]
    """The ARM id of the site."""
    principal_id: pulumi.Input[str]
    """The site's identity: a new one means a new site, which has no code."""


class Code(dynamic.Resource, module="keyless", name="Code"):
    """The deployed package.

    It is a dynamic resource: azure-native has no resource that takes code to Flex Consumption (see `one_deploy`), and
    the plugin for dynamic resources in Python comes with the pulumi CLI. Let it depend on the grants of the identity
    and on its role on the host's storage: the platform keeps a token for about a day, with the roles it had when the
    code first asked.
    """

    package_hash: pulumi.Output[str]
    """The SHA-256 of what is deployed."""
    deployment_id: pulumi.Output[str]
    """How the platform calls the deployment."""

    def __init__(self, name: str, args: CodeArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Deploys the code. Raises IncompletePackageError."""
        super().__init__(
            _OneDeploy(),
            name,
            {
                "folder": args.folder,
                "site_id": args.site_id,
                "principal_id": args.principal_id,
                "package_hash": Package.of(Path(args.folder)).hash,
                "deployment_id": None,
            },
            opts,
        )


class _OneDeploy(dynamic.ResourceProvider):
    """What the plugin does; it runs in a process of its own, in the folder of the program."""

    serialize_as_secret_always = False

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> dynamic.DiffResult:
        """Compares what was deployed with what is to be."""
        changed = [name for name in _DECIDING if _news.get(name) != _olds.get(name)]
        return dynamic.DiffResult(changes=bool(changed))

    def create(self, props: dict[str, Any]) -> dynamic.CreateResult:
        """Deploys to a site for the first time. Raises as `one_deploy.deploy`."""
        return dynamic.CreateResult(f"{props['site_id']}/code", _deployed(props))

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> dynamic.UpdateResult:
        """Deploys other code. Raises as `one_deploy.deploy`."""
        return dynamic.UpdateResult(_deployed(_news))

    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        """Does nothing: a site cannot be without code once it had some, and takes it along when it goes."""


def _deployed(props: dict[str, Any]) -> dict[str, Any]:
    package = Package.of(Path(props["folder"]))
    if package.hash != props["package_hash"]:
        message = f"{props['folder']} has changed since it was previewed; run pulumi up again."
        raise one_deploy.DeploymentFailedError(message)
    deployment = one_deploy.deploy(props["site_id"], package.archive())
    return {**{name: value for name, value in props.items() if name != "__provider"}, "deployment_id": deployment}
