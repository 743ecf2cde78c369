"""Virtual people with a whole life behind them: make them, talk with them, measure them.

An implementation of *Human Simulacra* (Xie et al.). Data flows one way, from who a person is, to
what they lived, to what they remember, to how they answer:
``characters → biography → memory → cognition``.
"""


def __getattr__(name: str) -> object:
    """``__version__``, read from the installed package when it is first asked for."""
    if name == "__version__":
        from importlib.metadata import version

        return version("simulacra")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
