"""Provider plugins for azuread and azure-native that speak HTTP to whatever endpoints they are configured with."""
