"""What hangs on a site: `config/web`, `config/appsettings`, and who may publish with a user name and password."""

from typing import Any

from rehearsal.azure.arm import content, inventory, site_properties, site_view, sites
from rehearsal.azure.arm.pages import page
from rehearsal.azure.errors import WebError
from rehearsal.azure.routing import Reply, Request

_POLICIES = ("ftp", "scm")


def get_web_config(request: Request) -> Reply:
    """`config/web`: the complete `siteConfig`, without settings and connection strings."""
    return Reply(body=site_view.web_config(sites.find(request)))


def put_web_config(request: Request) -> Reply:
    """Replace the `siteConfig`."""
    document = sites.find(request)
    document["siteConfig"] = {}
    return _configured(request, document)


def patch_web_config(request: Request) -> Reply:
    """Change what the body names in the `siteConfig`."""
    return _configured(request, sites.find(request))


def list_configs(request: Request) -> Reply:
    """The configurations of a site that a GET may show."""
    return page(request, [site_view.web_config(sites.find(request))])


def put_settings(request: Request) -> Reply:
    """Replace all application settings (REST reference, "Web Apps - Update Application Settings")."""
    document = sites.find(request)
    given = content.properties(request)
    settings = {name: site_properties.text(value, "appSettings") for name, value in given.items()}
    sites.change_settings(request.context, document, settings)
    inventory.keep(request.context, document)
    return _settings(document)


def list_settings(request: Request) -> Reply:
    """The application settings. They are secrets, so reading them takes a POST."""
    return _settings(sites.find(request))


def list_policies(request: Request) -> Reply:
    """Both policies on publishing with basic authentication."""
    document = sites.find(request)
    return page(request, [_policy(document, name) for name in _POLICIES])


def get_policy(request: Request) -> Reply:
    """Whether basic authentication is allowed for FTP or for the deployment site."""
    return Reply(body=_policy(sites.find(request), _policy_name(request)))


def put_policy(request: Request) -> Reply:
    """Allow or forbid basic authentication."""
    document, name = sites.find(request), _policy_name(request)
    allow = content.member(content.properties(request), "allow")
    if not isinstance(allow, bool):
        site_properties.refuse("allow")
    document["policies"][name] = allow
    inventory.keep(request.context, document)
    return Reply(body=_policy(document, name))


def _configured(request: Request, document: dict[str, Any]) -> Reply:
    sites.configure(request.context, document, content.properties(request))
    inventory.keep(request.context, document)
    return Reply(body=site_view.web_config(document))


def _settings(document: dict[str, Any]) -> Reply:
    return Reply(body=site_view.child(document, "config", "appsettings", document["appSettings"]))


def _policy_name(request: Request) -> str:
    name = request.parameters["policy"].lower()
    if name not in _POLICIES:
        raise WebError(404, "NotFound", "Cannot find {0} with name {1}.", "Policy", name, extended_code="51004")
    return name


def _policy(document: dict[str, Any], name: str) -> dict[str, Any]:
    allow = {"allow": document["policies"][name]}
    return site_view.child(document, "basicPublishingCredentialsPolicies", name, allow)
