"""One operation of the API: what it answers, and who may ask."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from starlette.requests import Request
from starlette.responses import Response

from .principal import Principal
from .refusals import Forbidden

Handler = Callable[[Request, Principal], Awaitable[Response]]


@dataclass(frozen=True)
class Operation:
    """An operation that applications with any one of `roles` may call; users with a role too, if it says so.

    An operation without roles cannot be declared, so forgetting them does not publish it.
    """

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    path: str
    handler: Handler
    summary: str
    roles: tuple[str, ...]
    applications_only: bool = True

    def __post_init__(self) -> None:
        if not self.roles:
            raise ValueError(f"{self.method} {self.path} must name the roles that may call it.")

    def admit(self, principal: Principal) -> None:
        """Raises `Forbidden` if the principal may not call this operation."""
        if self.applications_only and not principal.is_application:
            raise Forbidden(f"{principal.object_id} is no application", self.roles)
        if principal.roles.isdisjoint(self.roles):
            raise Forbidden(f"{principal.object_id} of {principal.application_id} lacks the role", self.roles)
