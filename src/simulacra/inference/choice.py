"""Names become chat models: which one is meant, and why."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from simulacra.errors import ModelUnavailableError
from simulacra.inference.catalog import DEFAULT_MODEL

if TYPE_CHECKING:
    from pydantic_ai.models import Model

    from simulacra.inference.chat import ChatModel
    from simulacra.settings import Settings

PROBE_SECONDS = 0.3


def choose_model(settings: Settings) -> tuple[str, str]:
    """Return the model's name and, in a line, why: the setting, a running Ollama, the default."""
    if settings.model:
        return settings.model, "it is set (--model, SIMULACRA_MODEL or simulacra.toml)"
    if ollama := _first_of_ollama():
        return f"ollama:{ollama}", f"Ollama runs at {ollama_address()}"
    return f"embedded:{DEFAULT_MODEL}", "no model is set and no Ollama runs: it is the default"


def load_chat_model(name: str | None, settings: Settings) -> ChatModel:
    """Return the chat model of that name, ready to be asked; ``None`` chooses one.

    Names are ``embedded:NAME``, ``embedded:/path/to/file.gguf``, ``openai-chat:NAME`` (with
    ``OPENAI_BASE_URL`` for any compatible server) and those of Pydantic AI (``openai:…``,
    ``anthropic:…``, ``ollama:…``). An embedded model's weights are fetched when they are missing,
    and its server is started, or shared when a parent process runs one.

    Raises:
        ModelUnavailableError: an unknown name, no key, no package: the message has the mend.
        WeightsError: the weights can't be fetched or used.
    """
    why = "it was asked for"
    if name is None:
        name, why = choose_model(settings)
    kind, _, rest = name.partition(":")
    if kind == "embedded":
        from simulacra.inference.embedded import load_embedded

        return load_embedded(rest, settings, why)

    from simulacra.inference.chat import ChatModel
    from simulacra.inference.failures import Patience

    return ChatModel(
        name=name,
        model=_provider_model(name, kind, rest),
        concurrency=settings.concurrency or (4 if kind == "ollama" else 16),
        timeout=settings.timeout,
        patience=Patience(settings.retries),
        chosen_because=why,
    )


def _provider_model(name: str, kind: str, rest: str) -> Model:
    if not rest:
        raise ModelUnavailableError(
            f"{name!r} is no model name.",
            f"Write provider:model, for instance openai:gpt-4.1-mini or embedded:{DEFAULT_MODEL}.",
        )
    from pydantic_ai.exceptions import UserError
    from pydantic_ai.models import infer_model

    try:
        if kind == "openai-chat" and (base_url := os.environ.get("OPENAI_BASE_URL")):
            return compatible_model(rest, base_url, os.environ.get("OPENAI_API_KEY"))
        if kind == "ollama":
            from pydantic_ai.models.ollama import OllamaModel
            from pydantic_ai.providers.ollama import OllamaProvider

            return OllamaModel(rest, provider=OllamaProvider(base_url=ollama_address() + "/v1"))
        return infer_model(name)
    except ImportError as error:
        raise ModelUnavailableError(
            f"The package for {name} is not installed: {error}",
            f"Install it: pip install 'pydantic-ai-slim[{kind.split('-')[0]}]'.",
        ) from error
    except (UserError, ValueError) as error:
        raise ModelUnavailableError(
            f"{name} can't be used: {str(error).split(' To try ')[0]}",
            "Set the provider's API key (and OPENAI_BASE_URL for openai-chat:NAME on a server of "
            "your own), or choose another model: simulacra models list.",
        ) from error


def compatible_model(
    name: str, base_url: str, api_key: str | None = None, *, provider: str = "openai-compatible"
) -> Model:
    """Return Pydantic AI's model for a server that speaks OpenAI's chat completions.

    A loopback server is asked directly, whatever proxy the environment names. A stream that ends
    without a finish reason counts as dropped, not as whole.
    """
    from urllib.parse import urlsplit

    from pydantic_ai.models.openai import OpenAIChatModel
    from pydantic_ai.profiles.openai import OpenAIModelProfile
    from pydantic_ai.providers.openai_compatible import OpenAICompatibleProvider

    client = None
    if urlsplit(base_url).hostname in ("127.0.0.1", "localhost", "::1"):
        import httpx2

        client = httpx2.AsyncClient(
            trust_env=False,
            timeout=httpx2.Timeout(600, connect=10),
            limits=httpx2.Limits(max_connections=1000, max_keepalive_connections=100),
        )
    return OpenAIChatModel(
        name,
        provider=OpenAICompatibleProvider(
            provider,
            base_url=base_url,
            api_key=api_key,
            http_client=client,
            profile=OpenAIModelProfile(openai_chat_streaming_requires_finish_reason=True),
        ),
    )


def ollama_address() -> str:
    """Return where Ollama listens: ``OLLAMA_BASE_URL``, ``OLLAMA_HOST`` or its usual port."""
    address = os.environ.get("OLLAMA_BASE_URL") or os.environ.get("OLLAMA_HOST") or "127.0.0.1"
    address = address.rstrip("/").removesuffix("/v1")
    scheme, _, host = address.rpartition("://")
    if not scheme:
        host = host.replace("0.0.0.0", "127.0.0.1")  # where it listens, not where it is found
        host += "" if ":" in host else ":11434"
    return f"{scheme or 'http'}://{host}"


def _first_of_ollama() -> str | None:
    """Return the first chat model that a running Ollama has; None after a third of a second."""
    import httpx

    try:
        answer = httpx.get(
            ollama_address() + "/api/tags", timeout=PROBE_SECONDS, trust_env=False
        ).raise_for_status()
        names = [str(model["name"]) for model in answer.json()["models"]]
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError):
        return None
    return next((name for name in names if "embed" not in name), None)
