"""A small stack of its own: the identities that CI signs in with, and what they stand on."""
