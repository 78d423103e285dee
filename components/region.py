"""The Azure regions that host Flex Consumption."""

from __future__ import annotations

from components.refusal import Refusal, nearest

FLEX_CONSUMPTION = frozenset(
    {
        "australiaeast",
        "australiasoutheast",
        "brazilsouth",
        "canadacentral",
        "centralindia",
        "centralus",
        "eastasia",
        "eastus",
        "eastus2",
        "eastus2euap",
        "francecentral",
        "germanywestcentral",
        "italynorth",
        "japaneast",
        "koreacentral",
        "northcentralus",
        "northeurope",
        "norwayeast",
        "southafricanorth",
        "southcentralus",
        "southeastasia",
        "southindia",
        "spaincentral",
        "swedencentral",
        "uaenorth",
        "uksouth",
        "ukwest",
        "westcentralus",
        "westeurope",
        "westus",
        "westus2",
        "westus3",
    }
)
"""Names of the regions, as ARM writes them.

Source: the `location` parameter of `infra/main.bicep` in Azure-Samples/functions-quickstart-python-http-azd. The list
grows; `az functionapp list-flexconsumption-locations` prints today's.
"""


def canonical(region: str) -> str:
    """Returns the region as ARM writes it: `West Europe` and `westeurope` are the same region to ARM."""
    return "".join(region.split()).lower()


def refusal(region: str) -> Refusal | None:
    """Says why a Flex Consumption plan cannot be created in `region` (in either spelling), or None if it can."""
    if canonical(region) in FLEX_CONSUMPTION:
        return None
    return Refusal(
        problem=f"{region!r} is not a region that hosts Flex Consumption.",
        allowed=", ".join(sorted(FLEX_CONSUMPTION)),
        instead=nearest(canonical(region), FLEX_CONSUMPTION),
    )
