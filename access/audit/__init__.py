"""What is granted compared with what was declared: the tenant as it is, beside the state of a stack."""
