"""Roles that others publish, by id, and how dangerous a role is. Pure tables and rules; `policy` uses them too."""
