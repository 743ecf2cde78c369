"""``simulacra serve``: pages, and an endpoint that OpenAI's clients speak."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def serve(
    host: Annotated[str, typer.Option(help="the address to listen at")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one")] = 8642,
    model: Annotated[str | None, typer.Option(help="see: simulacra models list")] = None,
    agent_model: Annotated[
        str | None, typer.Option(help="another model for the three inner agents")
    ] = None,
    api_key: Annotated[
        str | None,
        typer.Option(
            envvar="SIMULACRA_API_KEY",
            help="the key that callers must show; on loopback none is needed",
        ),
    ] = None,
    generate_key: Annotated[bool, typer.Option(help="draw a key, and say it once")] = False,
    origin: Annotated[
        str | None, typer.Option(help="the address browsers use, as https://people.example")
    ] = None,
    cors: Annotated[
        list[str] | None, typer.Option(help="the origin of foreign pages that may call the API")
    ] = None,
    workspace: Annotated[Path | None, typer.Option(help="the folder of your characters")] = None,
) -> None:
    """Serve the pages, a JSON API, and everybody as models of an OpenAI-compatible endpoint.

    Ctrl-C ends it: answers that are being given are finished first.
    """
    from simulacra.cli import serving
    from simulacra.settings import Settings

    if api_key and generate_key:
        raise typer.BadParameter("choose --api-key or --generate-key")
    settings = Settings.read(model=model, agent_model=agent_model, workspace=workspace)
    serving.serve(
        settings,
        host=host,
        port=port,
        api_key=api_key,
        generate_key=generate_key,
        origin=origin,
        cors=cors or [],
    )
