"""``simulacra models``: list the models, fetch their weights, ask one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulacra.cli.show import console, emit, table

if TYPE_CHECKING:
    from simulacra.settings import Settings

app = typer.Typer(help="List models, fetch their weights, try one.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def _settings() -> Settings:
    from simulacra.settings import Settings

    return Settings.read()


@app.command("list")
def list_models(json: Json = False) -> None:
    """List the models whose weights can be fetched, and say which would be used now."""
    from simulacra.inference.catalog import DEFAULT_EMBEDDER, catalog
    from simulacra.inference.choice import choose_model
    from simulacra.inference.weights import folder_of, installed

    settings = _settings()
    name, why = choose_model(settings)
    rows: list[dict[str, Any]] = [
        {
            "name": f"embedded:{key}" if entry.kind == "chat" else key,
            "kind": entry.kind,
            "bytes": entry.bytes,
            "present": bool(installed(key, settings)),
            "path": folder_of(key, settings),
            "licence": entry.licence,
            "about": entry.about,
            "also": entry.also,
        }
        for key, entry in catalog().items()
    ]
    embedder = settings.embedder or DEFAULT_EMBEDDER
    if json:
        emit({"models": rows, "chosen": {"model": name, "because": why, "embedder": embedder}})
        return
    heads = ("name", "kind", "MB", "present", "about")
    table(
        heads,
        (
            (
                row["name"],
                row["kind"],
                f"{row['bytes'] / 1e6:,.0f}",
                "yes" if row["present"] else "no",
                row["about"],
            )
            for row in rows
        ),
    )
    out = console()
    out.print(f"\nThe weights are in {settings.cache / 'weights'}.", markup=False)
    out.print(f"Would be used now: {name}, because {why}.", markup=False)
    out.print(f"Embeddings: {embedder}.", markup=False)
    out.print(
        "Others, by provider:model: openai:…, anthropic:…, ollama:…, openai-chat:… with "
        "OPENAI_BASE_URL, embedded:/path/to/file.gguf.",
        markup=False,
    )


@app.command()
def pull(
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="A name of `models list`.")] = "",
    source: Annotated[
        str, typer.Option("--from", metavar="URL", help="Fetch the file from this address.")
    ] = "",
    sha256: Annotated[
        str, typer.Option("--sha256", metavar="HASH", help="What the file must be.")
    ] = "",
    json: Json = False,
) -> None:
    """Fetch weights and check them; without a name those of the default model and the embedder."""
    from simulacra.inference.catalog import DEFAULT_EMBEDDER, DEFAULT_MODEL
    from simulacra.inference.weights import ensure, pull_from

    settings = _settings()
    names = [name.removeprefix("embedded:")] if name else [DEFAULT_MODEL, DEFAULT_EMBEDDER]
    if source and not name:
        raise typer.BadParameter("--from needs the name of the model")
    if source:
        paths = [pull_from(names[0], source, sha256, settings)]
    else:
        paths = [path for each in names for path in ensure(each, settings)]
    if json:
        emit([{"path": path, "bytes": path.stat().st_size} for path in paths])
    else:
        for path in paths:
            console().print(f"{path} is there and whole.", markup=False)


@app.command()
def check(
    name: Annotated[
        str, typer.Argument(metavar="[NAME]", help="A model; unset: the one that would be used.")
    ] = "",
    json: Json = False,
) -> None:
    """Ask a model one short question and embed two sentences: do both answer, and how fast?"""
    import asyncio

    report = asyncio.run(_check(name or None, _settings()))
    if json:
        emit(report)
        return
    model, embedder, out = report["model"], report["embedder"], console()
    out.print(f"{model['name']} ({model['because']})", markup=False, style="bold")
    out.print(f"  said: {model['answer']}", markup=False)
    usage = model["usage"]
    out.print(
        f"  {usage['input_tokens']} tokens in ({usage['cached_tokens']} cached), "
        f"{usage['output_tokens']} out; ready after {model['ready_seconds']:.1f} s, first word "
        f"after {model['first_token_seconds']:.2f} s, all after {model['seconds']:.2f} s",
        markup=False,
    )
    out.print(embedder["name"], markup=False, style="bold")
    out.print(
        f"  {embedder['dimensions']} dimensions; 2 texts in {embedder['seconds'] * 1000:.0f} ms; "
        f"likeness of two like sentences {embedder['likeness']:.2f}",
        markup=False,
    )


async def _check(name: str | None, settings: Settings) -> dict[str, Any]:
    import time
    from dataclasses import asdict

    from simulacra.errors import TruncatedAnswerError
    from simulacra.inference import Prompt, Sampling, load_chat_model, load_embedder

    start = time.perf_counter()
    model = load_chat_model(name, settings)
    ready = time.perf_counter() - start
    prompt = Prompt("Answer with one short sentence.", "What do you see in a forest?")
    stream = model.stream(prompt, Sampling(temperature=0.0, max_tokens=60))
    try:
        async with stream:
            async for _ in stream:
                pass
    except TruncatedAnswerError:  # long-winded, but it works
        pass
    answer = stream.answer
    embedder = load_embedder(settings.embedder, settings)
    texts = ["A man walks his dog in the woods.", "Somebody is in the forest with a dog."]
    await embedder.embed(texts)
    start = time.perf_counter()
    vectors = await embedder.embed(texts)
    return {
        "model": {
            "name": model.name,
            "because": model.chosen_because,
            "answer": answer.value,
            "usage": asdict(answer.usage),
            "ready_seconds": ready,
            "first_token_seconds": answer.first_token_seconds or answer.seconds,
            "seconds": answer.seconds,
        },
        "embedder": {
            "name": embedder.name,
            "dimensions": embedder.dimensions,
            "seconds": time.perf_counter() - start,
            "likeness": float(vectors[0] @ vectors[1]),
        },
    }
