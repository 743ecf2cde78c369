"""The command line: noun groups, each in a file of its own."""

from __future__ import annotations

import typer

from simulacra.cli import characters, chat, memory, models, sessions

app = typer.Typer(
    name="simulacra",
    help="Virtual people with a whole life behind them: make them, talk with them, measure them.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help, at a third of the time to import
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(chat.chat)
app.add_typer(characters.app, name="characters")
app.add_typer(models.app, name="models")
app.add_typer(memory.app, name="memory")
app.add_typer(sessions.app, name="sessions")
