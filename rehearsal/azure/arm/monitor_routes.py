"""Operations of Microsoft.OperationalInsights and Microsoft.Insights."""

from rehearsal.azure.arm import application_insights, diagnostic_settings, resource_types, workspaces
from rehearsal.azure.arm.gate import existence, route
from rehearsal.azure.routing import Route

_SUBSCRIPTION = "/subscriptions/{subscription}"
_GROUP = _SUBSCRIPTION + "/resourceGroups/{group}"
_WORKSPACES = "/providers/Microsoft.OperationalInsights/workspaces"
_WORKSPACE = _GROUP + _WORKSPACES + "/{workspace}"
_COMPONENTS = "/providers/Microsoft.Insights/components"
_COMPONENT = _GROUP + _COMPONENTS + "/{component}"
_SETTINGS = "/{scope:path}/providers/Microsoft.Insights/diagnosticSettings"
_SETTING = _SETTINGS + "/{setting}"
_W, _C, _D = resource_types.WORKSPACES, resource_types.COMPONENTS, resource_types.DIAGNOSTIC_SETTINGS
_WA, _CA = workspaces.TYPE, "Microsoft.Insights/components"
_DA = diagnostic_settings.TYPE

ROUTES: tuple[Route, ...] = (
    route("PUT", _WORKSPACE, workspaces.put, _W, f"{_WA}/write", "Create or update a Log Analytics workspace"),
    route("GET", _WORKSPACE, workspaces.get, _W, f"{_WA}/read", "Get a Log Analytics workspace"),
    route("HEAD", _WORKSPACE, existence(workspaces.get), _W, f"{_WA}/read", "Check whether a workspace exists"),
    route("DELETE", _WORKSPACE, workspaces.delete, _W, f"{_WA}/delete", "Delete a Log Analytics workspace"),
    route("GET", _GROUP + _WORKSPACES, workspaces.listing, _W, f"{_WA}/read", "List workspaces of a group"),
    route("GET", _SUBSCRIPTION + _WORKSPACES, workspaces.listing, _W, f"{_WA}/read", "List all workspaces"),
    route("PUT", _COMPONENT, application_insights.put, _C, f"{_CA}/write", "Create or update Application Insights"),
    route("GET", _COMPONENT, application_insights.get, _C, f"{_CA}/read", "Get Application Insights"),
    route(
        "HEAD",
        _COMPONENT,
        existence(application_insights.get),
        _C,
        f"{_CA}/read",
        "Check whether Application Insights exist",
    ),
    route("DELETE", _COMPONENT, application_insights.delete, _C, f"{_CA}/delete", "Delete Application Insights"),
    route("GET", _GROUP + _COMPONENTS, application_insights.listing, _C, f"{_CA}/read", "List components of a group"),
    route("GET", _SUBSCRIPTION + _COMPONENTS, application_insights.listing, _C, f"{_CA}/read", "List all components"),
    route("PUT", _SETTING, diagnostic_settings.put, _D, f"{_DA}/write", "Create or update a diagnostic setting"),
    route("GET", _SETTING, diagnostic_settings.get, _D, f"{_DA}/read", "Get a diagnostic setting"),
    route("DELETE", _SETTING, diagnostic_settings.delete, _D, f"{_DA}/delete", "Delete a diagnostic setting"),
    route("GET", _SETTINGS, diagnostic_settings.listing, _D, f"{_DA}/read", "List diagnostic settings of a resource"),
)
