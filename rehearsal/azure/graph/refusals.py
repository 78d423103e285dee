"""Graph's refusals, each with the code and the words of the real service."""

from __future__ import annotations

from rehearsal.azure.errors import GraphError


def not_found(object_id: str) -> GraphError:
    """No such object (hashicorp/terraform-provider-azuread#763)."""
    return GraphError(
        404,
        "Request_ResourceNotFound",
        f"Resource '{object_id}' does not exist or one of its queried reference-property objects are not present.",
    )


def bad_request(message: str) -> GraphError:
    """A request that the directory behind Graph refuses."""
    return GraphError(400, "Request_BadRequest", message)


def invalid_value(name: str, resource: str) -> GraphError:
    """A property with a value of the wrong type or form."""
    return bad_request(f"Invalid value specified for property '{name}' of resource '{resource}'.")


def duplicate_values(name: str) -> GraphError:
    """A collection with something in it twice (microsoftgraph/microsoft-graph-docs#21667)."""
    return GraphError(400, "DuplicateValue", "Request contains a property with duplicate values.", target=name)


def unsupported(message: str) -> GraphError:
    """A query that the service does not answer."""
    return GraphError(400, "Request_UnsupportedQuery", message)


def bad_query(message: str) -> GraphError:
    """A query that cannot be read."""
    return GraphError(400, "BadRequest", message)


def denied() -> GraphError:
    """The caller may not do this (microsoftgraph/microsoft-graph-docs#12833)."""
    return GraphError(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
