"""The azuread package as pulumi-azuread 6.11.1 behaves: terraform-provider-azuread behind Pulumi's Terraform bridge."""
