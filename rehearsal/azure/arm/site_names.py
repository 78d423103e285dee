"""Names and regions of sites before they exist (REST reference, "Check Name Availability", "Geo Regions")."""

from rehearsal.azure.arm import content, inventory, locations, resource_ids, sites
from rehearsal.azure.arm.pages import page
from rehearsal.azure.errors import ArmError
from rehearsal.azure.routing import Reply, Request

_SITE_TYPES = ("microsoft.web/sites", "site")


def check(request: Request) -> Reply:
    """Whether a site name is free. Terraform sends the type `Microsoft.Web/sites`, az sends `Site`."""
    body = request.body if isinstance(request.body, dict) else {}
    name, kind = content.member(body, "name"), str(content.member(body, "type"))
    if not isinstance(name, str) or kind.lower() not in _SITE_TYPES:
        text = 'The body must be {"name": "…", "type": "Microsoft.Web/sites"}.'
        raise ArmError(400, "InvalidRequestContent", text)
    if inventory.named(request.context, sites.TYPE, name) is None:
        return Reply(body={"nameAvailable": True, "reason": "", "message": ""})
    text = f"Hostname '{name}' already exists. Please select a different name."
    return Reply(body={"nameAvailable": False, "reason": "AlreadyExists", "message": text})


def geo_regions(request: Request) -> Reply:
    """The regions that offer a SKU; the stand-in offers every SKU in every region."""
    subscription = resource_ids.subscription_of(request.path)
    return page(
        request,
        [
            {
                "id": f"/subscriptions/{subscription}/providers/Microsoft.Web/geoRegions/{region.display_name}",
                "name": region.display_name,
                "type": "Microsoft.Web/geoRegions",
                "properties": {"name": region.display_name, "displayName": region.display_name},
            }
            for region in locations.REGIONS
        ],
    )
