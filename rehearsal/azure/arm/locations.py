"""Azure's regions: their two spellings, and where ARM lists them.

Sources: Azure documentation "List of Azure regions" and the answer of `az account list-locations` (REST reference,
"Subscriptions - List Locations", 2022-12-01).
"""

from typing import Any, NamedTuple


class Region(NamedTuple):
    """One physical region: its name for people, the group Azure lists it under, and the region it is paired with."""

    display_name: str
    group: str
    pair: str

    @property
    def name(self) -> str:
        """The form ARM compares by: lower case without blanks (`East US 2` is `eastus2`)."""
        return normalised(self.display_name)


def normalised(location: str) -> str:
    """A location as ARM compares it: case and blanks do not count (Azure/azure-resource-manager-rpc, "location")."""
    return location.replace(" ", "").lower()


REGIONS: tuple[Region, ...] = (
    Region("East US", "US", "westus"),
    Region("East US 2", "US", "centralus"),
    Region("South Central US", "US", "northcentralus"),
    Region("West US 2", "US", "westcentralus"),
    Region("West US 3", "US", "eastus"),
    Region("Australia East", "Asia Pacific", "australiasoutheast"),
    Region("Southeast Asia", "Asia Pacific", "eastasia"),
    Region("North Europe", "Europe", "westeurope"),
    Region("Sweden Central", "Europe", "swedensouth"),
    Region("UK South", "Europe", "ukwest"),
    Region("West Europe", "Europe", "northeurope"),
    Region("Central US", "US", "eastus2"),
    Region("South Africa North", "Africa", "southafricawest"),
    Region("Central India", "Asia Pacific", "southindia"),
    Region("East Asia", "Asia Pacific", "southeastasia"),
    Region("Indonesia Central", "Asia Pacific", ""),
    Region("Japan East", "Asia Pacific", "japanwest"),
    Region("Japan West", "Asia Pacific", "japaneast"),
    Region("Korea Central", "Asia Pacific", "koreasouth"),
    Region("Malaysia West", "Asia Pacific", ""),
    Region("New Zealand North", "Asia Pacific", ""),
    Region("Canada Central", "Canada", "canadaeast"),
    Region("Austria East", "Europe", ""),
    Region("France Central", "Europe", "francesouth"),
    Region("Germany West Central", "Europe", "germanynorth"),
    Region("Italy North", "Europe", ""),
    Region("Norway East", "Europe", "norwaywest"),
    Region("Poland Central", "Europe", ""),
    Region("Spain Central", "Europe", ""),
    Region("Switzerland North", "Europe", "switzerlandwest"),
    Region("Mexico Central", "Mexico", ""),
    Region("UAE North", "Middle East", "uaecentral"),
    Region("Brazil South", "South America", "southcentralus"),
    Region("Chile Central", "South America", ""),
    Region("Israel Central", "Middle East", ""),
    Region("Qatar Central", "Middle East", ""),
    Region("North Central US", "US", "southcentralus"),
    Region("West US", "US", "eastus"),
    Region("West Central US", "US", "westus2"),
    Region("South Africa West", "Africa", "southafricanorth"),
    Region("Australia Central", "Asia Pacific", "australiacentral2"),
    Region("Australia Central 2", "Asia Pacific", "australiacentral"),
    Region("Australia Southeast", "Asia Pacific", "australiaeast"),
    Region("Korea South", "Asia Pacific", "koreacentral"),
    Region("South India", "Asia Pacific", "centralindia"),
    Region("West India", "Asia Pacific", "southindia"),
    Region("Canada East", "Canada", "canadacentral"),
    Region("France South", "Europe", "francecentral"),
    Region("Germany North", "Europe", "germanywestcentral"),
    Region("Norway West", "Europe", "norwayeast"),
    Region("Switzerland West", "Europe", "switzerlandnorth"),
    Region("UK West", "Europe", "uksouth"),
    Region("UAE Central", "Middle East", "uaenorth"),
    Region("Brazil Southeast", "South America", "brazilsouth"),
)

_BY_NAME = {region.name: region for region in REGIONS}
NAMES = tuple(_BY_NAME)


def find(location: str) -> Region | None:
    """The region a location names in either spelling, or None."""
    return _BY_NAME.get(normalised(location))


def display_name(location: str) -> str:
    """`East US 2` for `eastus2`: the spelling in which Microsoft.Web answers."""
    region = find(location)
    return region.display_name if region else location


def listing(subscription: str) -> list[dict[str, Any]]:
    """The body of `GET /subscriptions/{subscription}/locations`, one element per region."""
    base = f"/subscriptions/{subscription}/locations/"
    return [
        {
            "id": base + region.name,
            "name": region.name,
            "type": "Region",
            "displayName": region.display_name,
            "regionalDisplayName": f"({region.group}) {region.display_name}",
            "metadata": {
                "regionType": "Physical",
                "geographyGroup": region.group,
                "pairedRegion": [{"name": region.pair, "id": base + region.pair}] if region.pair else [],
            },
        }
        for region in REGIONS
    ]
