"""The commands of `python -m rehearsal`; those that the real CLI has too take its flags and end with its statuses."""

from __future__ import annotations

import typer

from rehearsal.commands import deploy, github, laptop, stack, stand_in

app = typer.Typer(
    help="Practise the life of a stack on this machine: no Azure account, no pulumi CLI.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (
    *(deploy.preview, deploy.up, deploy.refresh, deploy.destroy),
    *(laptop.dev, stand_in.serve, stand_in.env, stand_in.demo),
):
    app.command()(command)
app.command("import")(deploy.import_)
app.command(context_settings={"allow_extra_args": True})(github.github)
# Everything behind `pulumi` belongs to the real CLI, `--help` too.
app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []})(
    stand_in.pulumi
)
app.add_typer(stack.app, name="stack")
