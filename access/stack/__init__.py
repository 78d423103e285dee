"""A stack as the tools know it: what its state says is there, and what its configuration declares."""
