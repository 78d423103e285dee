"""A functions host for the rehearsal: runs an Azure Functions app of the Python v2 model on loopback."""
