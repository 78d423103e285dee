"""Azure Resource Manager, as far as a Function App on Flex Consumption needs it."""
