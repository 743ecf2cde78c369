"""Prompts and the templates that they are made from."""

from __future__ import annotations

import hashlib
import string
from dataclasses import dataclass, field

from simulacra.errors import PromptError


@dataclass(frozen=True)
class Prompt:
    """What a model is asked.

    ``system`` and ``examples`` hold what is fixed for a character and ``user`` what changes, so
    that a provider's prefix cache helps. Examples are pairs of what was said and what was answered,
    and stand as turns of a chat before ``user``. ``prefill`` begins the answer, for servers that go
    on from there (llama.cpp, vLLM). ``digest`` names the templates that made it, for
    provenance.
    """

    system: str
    user: str
    digest: str = ""
    examples: tuple[tuple[str, str], ...] = ()
    prefill: str = ""


@dataclass(frozen=True)
class Template:
    """A text with named variables, ``{like_this}``; literal braces are doubled.

    >>> Template("You are {name}.", name="who").fill(name="Mary {Jones}")
    'You are Mary {Jones}.'

    Braces in values are harmless: a value is never read as a template.
    """

    text: str
    name: str = "prompt"
    variables: frozenset[str] = field(init=False, compare=False)
    digest: str = field(init=False, compare=False)

    def __post_init__(self) -> None:
        try:
            fields = [
                (name, conversion or spec)
                for _, name, spec, conversion in string.Formatter().parse(self.text)
                if name is not None
            ]
        except ValueError as error:
            raise PromptError(
                f"The template {self.name!r} can't be read: {error}.", "Double literal braces."
            ) from error
        for variable, ornament in fields:
            if ornament or not variable.isidentifier():
                raise PromptError(
                    f"The template {self.name!r} has a variable that is no name: {variable!r}.",
                    "Write {like_this}, and double literal braces.",
                )
        object.__setattr__(self, "variables", frozenset(name for name, _ in fields))
        digest = hashlib.sha256(self.text.encode()).hexdigest()[:16]
        object.__setattr__(self, "digest", digest)

    def fill(self, **values: object) -> str:
        """Return the text with every variable replaced by its value.

        Raises:
            PromptError: a variable has no value, or a value has no variable.
        """
        missing = sorted(self.variables - values.keys())
        unknown = sorted(values.keys() - self.variables)
        if missing or unknown:
            said = [
                f"{what} {', '.join(names)}"
                for what, names in (("missing:", missing), ("unknown:", unknown))
                if names
            ]
            raise PromptError(
                f"The template {self.name!r} was filled wrongly ({'; '.join(said)}).",
                f"Its variables are: {', '.join(sorted(self.variables)) or 'none'}.",
            )
        return self.text.format_map({name: str(value) for name, value in values.items()})
