"""How the tools meet Azure: where its services are, who is signed in, how they are asked."""
