"""What calls cost, where the model's price is publicly known."""

from __future__ import annotations

from simulacra.inference.usage import Usage

FREE = ("embedded", "ollama")
"""Models that run on one's own machine."""


def price(model: str, usage: Usage) -> float | None:
    """The price in US dollars of some usage with a model of a name like ``openai:gpt-4o``.

    Own machines cost nothing; ``None`` where no price is known (a server of one's own, a new
    model). Prices are those that came with the package ``genai-prices``.
    """
    kind, _, rest = model.partition(":")
    if kind in FREE:
        return 0.0
    from genai_prices import Usage as Tokens
    from genai_prices import calc_price

    tokens = Tokens(
        input_tokens=usage.input_tokens,
        cache_read_tokens=usage.cached_tokens,
        output_tokens=usage.output_tokens,
    )
    provider = kind.removesuffix("-chat").removesuffix("-responses")
    try:
        return float(calc_price(tokens, rest, provider_id=provider).total_price)
    except (LookupError, ValueError):
        return None
