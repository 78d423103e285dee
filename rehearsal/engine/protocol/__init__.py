"""Both sides of the wire: the program registers with us, and we speak to the providers, all over gRPC on loopback."""
