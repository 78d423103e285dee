"""Carrying a plan out: registrations become steps, steps become calls to providers, and the journal knows of each."""
