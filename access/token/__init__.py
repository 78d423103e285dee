"""What a token says, what the API would answer to it, and what would change that."""
