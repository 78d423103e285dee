"""Resource ids: how Azure names a resource, its type and its ancestors.

An id is a path of alternating segments: `/subscriptions/{guid}`, `…/resourceGroups/{name}`, and after each
`providers/{namespace}` pairs of type and name. Ids are compared without regard to case, and keep the case they were
written in (Azure/azure-resource-manager-rpc, "Common API details").
"""

from dataclasses import dataclass

PROVIDERS = "providers"
_OWN = {"subscriptions": "subscriptions", "resourcegroups": "resourceGroups", "providers": PROVIDERS}


def subscription_id(subscription: str) -> str:
    """The id of a subscription given its GUID."""
    return f"/subscriptions/{subscription}"


def subscription_of(path: str) -> str:
    """The GUID of the subscription that a path or id lies in, in lower case; "" when it lies in none."""
    parts = segments(path)
    return parts[1].lower() if len(parts) > 1 and parts[0].lower() == "subscriptions" else ""


def group_id(subscription: str, group: str) -> str:
    """The id of a resource group given the subscription's GUID and the group's name."""
    return f"/subscriptions/{subscription}/resourceGroups/{group}"


def in_group(subscription: str, group: str, tail: str) -> str:
    """The id of a resource in a group; `tail` is namespace, types and names (`Microsoft.Web/sites/func1`)."""
    return f"{group_id(subscription, group)}/{PROVIDERS}/{tail}"


def key(resource_id: str) -> str:
    """The form under which a resource is stored: ids are compared without regard to case."""
    return "/" + "/".join(segments(resource_id)).lower()


def segments(path: str) -> list[str]:
    """The parts of an id or path; empty ones (doubled or trailing slashes) do not count."""
    return [segment for segment in path.split("/") if segment]


def covers(scope: str, resource_id: str) -> bool:
    """Whether `scope` is `resource_id` or one of its ancestors; the root scope `/` covers everything."""
    above, below = segments(scope.lower()), segments(resource_id.lower())
    return below[: len(above)] == above


@dataclass(frozen=True)
class Target:
    """What a request path is about.

    Attributes:
        scope: the resource (or group, or subscription) the operation acts on; for a collection, what it is listed in;
            for an action such as `listKeys`, the resource it is called on.
        namespace: `Microsoft.Web`, or "" where ARM itself answers (subscriptions and resource groups).
        type: the types after the namespace joined by slashes (`sites/config`), as written in the path.
        names: the names in the order of the types, one fewer than types for a collection.
        action: `listKeys` and the like, else "".
        parent: the id before the last `providers`, to which an extension resource belongs.
    """

    scope: str
    namespace: str
    type: str
    names: tuple[str, ...]
    action: str
    parent: str

    @property
    def full_type(self) -> str:
        """`Microsoft.Web/sites/config`."""
        return f"{self.namespace}/{self.type}"


def target(path: str, *, post: bool = False) -> Target:
    """Take a request path apart.

    Args:
        path: the path of a request or a resource id.
        post: whether the method is POST, where a last segment without a partner is an action, not a collection.
    """
    parts = segments(path)
    places = [place for place, part in enumerate(parts) if part.lower() == PROVIDERS]
    if not places or places[-1] == len(parts) - 1:
        odd = len(parts) % 2 == 1
        scope = parts[:-1] if odd else parts
        return Target(_joined(scope), "", "", (), parts[-1] if odd and post else "", _joined(scope))
    start = places[-1]
    namespace, rest = parts[start + 1], parts[start + 2 :]
    parent = _joined(parts[:start])
    unpaired = len(rest) % 2 == 1
    action = rest[-1] if unpaired and post else ""
    types = rest[:-1:2] if action else rest[::2]
    names = tuple(rest[1::2])
    scope = parts[:-1] if unpaired else parts
    if unpaired and len(rest) == 1:
        scope = parts[:start]
    return Target(_joined(scope), namespace, "/".join(types), names, action, parent)


def type_and_name(resource_id: str) -> str:
    """`Microsoft.Web/sites/func1`: how ARM's messages name a resource, types and names in turn."""
    parts = segments(resource_id)
    places = [place for place, part in enumerate(parts) if part.lower() == PROVIDERS]
    return "/".join(parts[places[-1] + 1 :]) if places else parts[-1]


def group_name(resource_id: str) -> str:
    """The name of the resource group an id lies in, or "" when it lies in none."""
    parts = segments(resource_id)
    return parts[3] if len(parts) > 3 and parts[2].lower() == "resourcegroups" else ""


def _joined(parts: list[str]) -> str:
    """Resource Manager writes its own segments in one way, however they were sent."""
    return "/" + "/".join(_OWN.get(part.lower(), part) for part in parts)
