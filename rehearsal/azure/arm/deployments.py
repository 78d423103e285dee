"""Deployment sites ("SCM"): how code reaches a Flex Consumption app.

`POST /api/publish` takes a ZIP file with the token of somebody who may publish; `GET /api/deployments/{id}` tells how
it went: 3 failed, 4 succeeded (projectkudu/kudu, `DeployStatus`; Azure/azure-cli, `enable_zip_deploy_flex`; recorded
answers in Azure/azure-dev, `Test_CLI_Up_Down_FuncApp`). Azure gives each a host name of its own; here it is a path, and
the name that the site tells leads there.
"""

import io
import uuid
import zipfile
from typing import Any

from rehearsal.azure.arm import authorization, inventory, packages, sites
from rehearsal.azure.errors import ControlError
from rehearsal.azure.routing import Reply, Request, Route, Service

_KIND = "armDeployment"
_PUBLISH = "Microsoft.Web/sites/publish/action"
_FAILED, _SUCCEEDED = 3, 4


def publish(request: Request) -> Reply:
    """Take a package: 202 with the deployment's id. What becomes of it, the deployment tells."""
    context, site = request.context, _site(request)
    content = request.body
    if not isinstance(content, bytes) or not zipfile.is_zipfile(io.BytesIO(content)):
        raise ControlError(415, "The package must be a ZIP file, sent as application/zip.")
    identifier = str(uuid.uuid4())
    failure = packages.store(context, site, content, identifier)
    moment = context.clock.time().isoformat()
    document = {
        "id": identifier,
        "site": site["name"],
        "status": _FAILED if failure else _SUCCEEDED,
        "remoteBuild": request.query.get("remotebuild", "").lower() == "true",
        "at": moment,
        "failure": failure,
    }
    context.store.put(_KIND, identifier, document)
    return Reply(
        202, identifier, {"Location": f"https://{sites.deployment_site(context, site)}/api/deployments/{identifier}"}
    )


def get(request: Request) -> Reply:
    """How a deployment went."""
    document = _deployment(request)
    moment = document["at"]
    return Reply(
        body={
            "id": document["id"],
            "status": document["status"],
            "status_text": "",
            "deployer": "LegionOneDeploy",
            "remoteBuild": document["remoteBuild"],
            "received_time": moment,
            "start_time": moment,
            "end_time": moment,
            "last_success_end_time": moment if document["status"] == _SUCCEEDED else None,
            "complete": True,
            "active": document["status"] == _SUCCEEDED,
            "site_name": document["site"],
        }
    )


def log(request: Request) -> Reply:
    """The steps of a deployment, as far as they say why it failed."""
    document = _deployment(request)
    text = (
        f"[StorageAccessibleCheck] {document['failure']}" if document["failure"] else "[UploadPackageStep] completed."
    )
    return Reply(body=[{"log_time": document["at"], "id": document["id"], "message": text, "type": 0}])


def _site(request: Request) -> dict[str, Any]:
    """The site, if it runs on Flex Consumption and the caller may publish to it."""
    context, name = request.context, request.parameters["site"]
    site = inventory.named(context, sites.TYPE, name)
    if site is None:
        raise ControlError(404, f"There is no site '{name}'.")
    if request.caller is not None:
        authorization.authorize(context, request.caller, _PUBLISH, site["id"])
    if not site["functionAppConfig"]:
        raise ControlError(404, "The stand-in models deployments to Flex Consumption only.")
    return site


def _deployment(request: Request) -> dict[str, Any]:
    site = _site(request)
    document = request.context.store.get(_KIND, request.parameters["deployment"])
    if document is None or document["site"] != site["name"]:
        raise ControlError(404, f"There is no deployment '{request.parameters['deployment']}'.")
    return document


ROUTES = (
    Route(Service.DEPLOYMENT, "POST", "/scm/{site}/api/publish", publish, summary="Deploy a package"),
    Route(Service.DEPLOYMENT, "GET", "/scm/{site}/api/deployments/{deployment}", get, summary="How a deployment went"),
    Route(
        Service.DEPLOYMENT, "GET", "/scm/{site}/api/deployments/{deployment}/log", log, summary="Steps of a deployment"
    ),
)
