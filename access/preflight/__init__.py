"""What would stop a first `up`, found before it: rights, names, roles, regions and leftovers, all in one run."""
