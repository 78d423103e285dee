"""The whole life of a stack, told as a story and checked at every step."""

from rehearsal.demo.story import tell

__all__ = ["tell"]
