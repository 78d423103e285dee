"""What is remembered between runs, in Pulumi's own format and place: checkpoints, history, backups, locks."""
