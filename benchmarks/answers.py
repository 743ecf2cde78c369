"""What the simulated provider writes: so many tokens of plain text, or JSON that fits a schema."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from typing import Any

from benchmarks.tokens import tokens

SENTENCES = (
    "I like the early hours best, when the wind is still.",
    "My hands know the work, so I can let my mind go quiet.",
    "The path by the river is wet all winter.",
    "I would rather walk than talk, most days.",
    "We had soup, and nobody said much.",
    "It took me a long time to trust him.",
    "The old saw hangs in the shed, and I keep it clean.",
    "I count the rings when a tree comes down.",
    "Rain on a tin roof puts me to sleep.",
    "I was cold to the bone and glad all the same.",
    "She laughed at me, and she was right.",
    "There was a fox near the gate at dawn.",
    "I do not know much about that.",
    "Some years the snow stays till the end of April.",
    "I put the kettle on and sat down by the door.",
    "You can tell a lot from how a man stacks wood.",
    "I still think of that day in the fall.",
    "We fixed the fence twice and it fell down again.",
    "I said no, and I meant it.",
    "It smells of pine and smoke in here.",
)


def prose(size: int, seed: int) -> str:
    """Plain sentences of exactly ``size`` tokens, in an order drawn from the seed."""
    draw = random.Random(seed)
    words: list[str] = []
    while len(words) < size:
        for sentence in draw.sample(SENTENCES, len(SENTENCES)):
            words.extend(tokens(sentence))
    cut = words[: max(size - 1, 0)]
    text = " ".join(cut).replace(" .", ".").replace(" ,", ",").rstrip(".,")
    missing = size - len(tokens(text))
    return text + " so" * (missing - 1) + ("." if missing > 0 else "")


THINGS = [
    "basket",
    "lantern",
    "barge",
    "ribbon",
    "kettle",
    "orchard",
    "magpie",
    "apron",
    "stove",
    "meadow",
    "cellar",
    "bridge",
    "ladle",
    "thimble",
    "ferry",
    "harness",
    "goose",
    "shutter",
    "chimney",
    "parcel",
    "violin",
    "quilt",
    "barrel",
    "turnip",
    "towpath",
    "gate",
    "bellows",
    "candle",
    "anvil",
    "saddle",
    "pebble",
    "kite",
]
DEEDS = [
    "mended",
    "carried",
    "painted",
    "borrowed",
    "found",
    "hid",
    "washed",
    "measured",
    "counted",
    "weighed",
    "drew",
    "folded",
]
FOLK = [
    "carter",
    "rower",
    "sweep",
    "tinker",
    "clerk",
    "piper",
    "shepherd",
    "nurse",
    "smith",
    "weaver",
]


EPISODES = (
    "The {folk} {deed} a {thing} near the {place}.",
    "Nobody at the {place} had {deed} such a {thing}, and {name} told the {folk} so.",
    "{name} {deed} the {thing} before the {folk} came in with a {place}.",
    "It was the {folk} who {deed} every {thing} by the {place}.",
    "Under a {place} lay the {thing} that some {folk} had {deed}.",
    "Once {name} and a {folk} {deed} {thing} after {thing} until dark.",
    "That week the {thing} was gone, and a {folk} {deed} another beside the {place}.",
    "With the {folk}'s old {thing} {name} {deed} whatever the {place} had left.",
    "At the {place} they {deed} a {thing} for luck, though the {folk} laughed.",
)


def episode(name: str, seed: int | str) -> str:
    """Four plain sentences about somebody, in the past, that no other seed gives."""
    draw = random.Random(seed)
    return " ".join(
        shape.format(
            name=name,
            folk=draw.choice(FOLK),
            deed=draw.choice(DEEDS),
            thing=draw.choice(THINGS),
            place=draw.choice(THINGS),
        )
        for shape in draw.sample(EPISODES, 4)
    )


def lived(system: str, user: str, seed: int) -> str | None:
    """What a prompt of the making of a person asks for, and nothing for other prompts.

    A biography from its profile, a part of a story with an episode more, or a judge's approval.
    """
    if "Write a biography of an invented person" in user:
        return _biography(user, seed)
    if "Compare them, attribute by attribute" in user:
        keys = re.findall(r"^(\w+): ", user.partition("---------")[0], re.MULTILINE)
        compared = [{"attribute": key, "mentioned": True, "changed": False} for key in keys]
        return json.dumps({"attributes": compared})
    if "Answer with: flagged (true or false)" in user:
        return json.dumps({"flagged": False})
    part = re.search(r"to tell at greater length:\n(.*?)\n\nWhat comes just after", user, re.DOTALL)
    name = re.search(r"life story of (\w+)", system)
    if part is None or name is None:
        return None
    return f"{part[1]}\n\n{episode(name[1], seed)}"


def _biography(user: str, seed: int) -> str:
    told = dict(re.findall(r"^(\w+): (.+)$", user, re.MULTILINE))
    first = told["name"].split()[0]
    subject = {"female": "She", "male": "He"}.get(told["gender"], "They")
    return "\n\n".join(
        (
            f"{told['name']} was born on {told['date_of_birth']}. {subject} came into this family: "
            f"{told['family']}.",
            f"{episode(first, seed)} {episode(first, seed + 1)} {episode(first, seed + 2)}",
            f"The education: {told['education']}. The pleasures: {told['hobbies']}.",
            f"Today {first} is {told['age']} years old and works as a {told['occupation']}. "
            f"The plans: {told['short_term_goals']}. In the long run: {told['long_term_goal']}.",
        )
    )


def filled(schema: dict[str, Any], size: int, seed: int) -> str:
    """A JSON text that validates against the schema, of ``size`` tokens where the schema lets it.

    The tokens that punctuation and keys leave over are shared out among the free strings. A schema
    that needs more than ``size`` gets the shortest answer that fits it.
    """
    frame = json.dumps(_Filler(schema, seed, lambda: "x").value(schema), ensure_ascii=False)
    strings = frame.count('"x"')
    rest = max(size - len(tokens(frame)) + strings, strings)
    shares = [rest // strings + (i < rest % strings) for i in range(strings)] if strings else []
    texts = iter([prose(share, seed + number) for number, share in enumerate(shares)])
    return json.dumps(_Filler(schema, seed, lambda: next(texts)).value(schema), ensure_ascii=False)


class _Filler:
    """Walks a JSON schema and makes a plain value that fits; ``text`` gives free strings.

    What has a default keeps it, choices are drawn from the seed, numbers are in the middle.
    """

    def __init__(self, root: dict[str, Any], seed: int, text: Callable[[], str]) -> None:
        self.root = root
        self.draw = random.Random(seed)
        self.text = text

    def value(self, schema: dict[str, Any]) -> Any:
        match schema:
            case {"$ref": str(reference)}:
                return self.value(self._find(reference))
            case {"const": constant}:
                return constant
            case {"default": default}:
                return default
            case {"enum": [*choices]}:
                return self.draw.choice(choices)
            case {"anyOf": [first, *_]} | {"oneOf": [first, *_]} | {"allOf": [first, *_]}:
                return self.value(first)
            case _:
                return self._typed(schema)

    def _typed(self, schema: dict[str, Any]) -> Any:
        match schema.get("type"):
            case "object":
                properties: dict[str, dict[str, Any]] = schema.get("properties", {})
                return {name: self.value(part) for name, part in properties.items()}
            case "array":
                count = max(int(schema.get("minItems", 0)), min(1, schema.get("maxItems", 1)))
                return [self.value(schema.get("items", {"type": "string"})) for _ in range(count)]
            case "string":
                return self._string(schema)
            case "integer":
                return (int(schema.get("minimum", 0)) + int(schema.get("maximum", 10))) // 2
            case "number":
                return (float(schema.get("minimum", 0)) + float(schema.get("maximum", 1))) / 2
            case "boolean":
                return False
            case "null":
                return None
            case other:
                raise ValueError(f"a schema of type {other!r} is not simulated")

    def _string(self, schema: dict[str, Any]) -> str:
        if "pattern" in schema or "format" in schema:
            raise ValueError("a string with a pattern or format is not simulated")
        text = self.text()[: schema.get("maxLength")]
        return text.ljust(schema.get("minLength", 0), "x")

    def _find(self, reference: str) -> dict[str, Any]:
        found: Any = self.root
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]
        return found
