"""What is asserted of the bootstrap holds in a preview and in an up, as for the components."""

from tests.components.conftest import preview

__all__ = ["preview"]
