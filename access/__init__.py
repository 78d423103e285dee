"""Who may call what: what a change does to permissions, before it is made.

The room reads what Pulumi writes (previews and states) and imports nothing of the program, so it judges any stack. The
policy pack shares the role tables of `access.roles`; the arrow goes from `policy` to `access` and never back.
"""
