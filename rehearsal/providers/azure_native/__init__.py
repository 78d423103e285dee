"""The azure-native provider: Azure Resource Manager's resource types as data, one set of rules for all of them."""
