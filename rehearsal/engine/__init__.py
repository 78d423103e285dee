"""An embedded deployment engine: runs a Pulumi program where there is no pulumi CLI.

It speaks Pulumi's own protocols to the program and the providers, and keeps state in Pulumi's own format, so that every
part of it can be swapped for the real one. What it does follows pulumi/pulumi v3.260.0; what it doesn't do it refuses.
"""
