"""Ranges of IP addresses: who may reach an app."""

from __future__ import annotations

import ipaddress

from components.refusal import Refusal


def refusal(text: str) -> Refusal | None:
    """Says why `text` cannot stand in an access restriction, or None if it can.

    App Service takes CIDR notation only (Azure App Service, "Set up access restrictions"), and Flex Consumption has the
    same restrictions (Azure Functions, "Networking options", "Inbound access restrictions").
    """
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        return Refusal(f"{text!r} is not a range of IP addresses.", "CIDR notation, such as 203.0.113.0/24")
    if text == str(network):
        return None
    return Refusal(f"{text!r} is not how a range is written.", "CIDR notation of its first address", str(network))
