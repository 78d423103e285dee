"""What a role allows, whether it is built in or a tenant's own."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Role:
    """`actions` without `not_actions` on Azure Resource Manager, `data_actions` without `not_data_actions` on the data
    itself. `custom` tells a tenant's own from the built-in ones; `scopes` are those that it can be assigned in.
    """

    id: str
    name: str
    description: str
    actions: tuple[str, ...] = ()
    not_actions: tuple[str, ...] = ()
    data_actions: tuple[str, ...] = ()
    not_data_actions: tuple[str, ...] = ()
    custom: bool = False
    scopes: tuple[str, ...] = ("/",)
