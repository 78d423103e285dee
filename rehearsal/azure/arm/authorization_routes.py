"""Operations of Microsoft.Authorization, at the subscription and at every scope below it."""

from collections.abc import Iterator

from rehearsal.azure.arm import locks, resource_types, role_assignments, role_definitions
from rehearsal.azure.arm.gate import route
from rehearsal.azure.routing import Route

_PROVIDER = "/providers/Microsoft.Authorization"
_SCOPES = ("/subscriptions/{subscription}", "/subscriptions/{subscription}/{scope:path}")
_A, _D, _L = resource_types.ROLE_ASSIGNMENTS, resource_types.ROLE_DEFINITIONS, resource_types.LOCKS
_ASSIGNMENTS, _DEFINITIONS, _LOCKS = (
    f"Microsoft.Authorization/{name}" for name in ("roleAssignments", "roleDefinitions", "locks")
)


def _at(scope: str) -> Iterator[Route]:
    assignments, definitions, lock_path = (
        f"{scope}{_PROVIDER}/{name}" for name in ("roleAssignments", "roleDefinitions", "locks")
    )
    assignment, lock = assignments + "/{assignment}", lock_path + "/{name}"
    yield route("PUT", assignment, role_assignments.put, _A, f"{_ASSIGNMENTS}/write", "Assign a role")
    yield route("GET", assignment, role_assignments.get, _A, f"{_ASSIGNMENTS}/read", "Get a role assignment")
    yield route("DELETE", assignment, role_assignments.delete, _A, f"{_ASSIGNMENTS}/delete", "Remove a role assignment")
    yield route("GET", assignments, role_assignments.listing, _A, f"{_ASSIGNMENTS}/read", "List role assignments")
    yield from _definitions(definitions)
    yield route("PUT", lock, locks.put, _L, f"{_LOCKS}/write", "Create or update a lock")
    yield route("GET", lock, locks.get, _L, f"{_LOCKS}/read", "Get a lock")
    yield route("DELETE", lock, locks.delete, _L, f"{_LOCKS}/delete", "Delete a lock")
    yield route("GET", lock_path, locks.listing, _L, f"{_LOCKS}/read", "List locks")


def _definitions(path: str) -> Iterator[Route]:
    yield route("GET", path, role_definitions.listing, _D, f"{_DEFINITIONS}/read", "List role definitions")
    definition = path + "/{role}"
    yield route("GET", definition, role_definitions.get, _D, f"{_DEFINITIONS}/read", "Get a role definition")
    yield route("PUT", definition, role_definitions.put, _D, f"{_DEFINITIONS}/write", "Write a custom role")
    yield route("DELETE", definition, role_definitions.delete, _D, f"{_DEFINITIONS}/delete", "Remove a custom role")


def _everywhere() -> Iterator[Route]:
    for scope in _SCOPES:
        yield from _at(scope)
    # The tenant's root: built-in roles can be read there by everybody who is signed in.
    yield route("GET", f"{_PROVIDER}/roleDefinitions", role_definitions.listing, _D, "", "List role definitions")
    yield route("GET", _PROVIDER + "/roleDefinitions/{role}", role_definitions.get, _D, "", "Get a role definition")


ROUTES: tuple[Route, ...] = tuple(_everywhere())
