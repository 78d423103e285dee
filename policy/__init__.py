"""The policy pack: what a stack of this project must never be, checked before it is made.

Rules are pure functions over resource properties (`rules.check`); `__main__` hands them to Pulumi's policy engine. The
room imports the tables of `access.roles` and `access.urn`, and nothing else of the project.
"""
