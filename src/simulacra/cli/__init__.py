"""Commands: they parse, call a room below, and show."""

from __future__ import annotations

import sys

INTERRUPTED = 130
"""How the framework ends a command that Ctrl-C stopped."""


def main() -> None:
    """Run the command line; exit 0, 1 (failed, with why and what to do) or 2 (usage)."""
    from simulacra.cli.app import app
    from simulacra.errors import SimulacraError

    try:
        app()
    except SimulacraError as error:
        from simulacra.cli.show import fail

        fail(error)
        sys.exit(1)
    except SystemExit as ended:
        if ended.code != INTERRUPTED:
            raise
        print("\nStopped. What was finished is kept; the same command goes on.", file=sys.stderr)
        sys.exit(1)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
