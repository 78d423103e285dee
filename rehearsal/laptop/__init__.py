"""Function and API on this machine, signed in as the development client of a stack."""

from rehearsal.laptop.deployed import deployed
from rehearsal.laptop.development import Ports, develop
from rehearsal.laptop.rehearsed import rehearsed
from rehearsal.laptop.source import Source

__all__ = ["Ports", "Source", "deployed", "develop", "rehearsed"]
