"""GitHub as far as signing in to Azure needs it: the tokens that say which job of which repository runs."""
