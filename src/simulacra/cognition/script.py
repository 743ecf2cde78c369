"""How a small model is asked: a script with speakers, and a grammar for what it may write.

A model of half a billion parameters loses itself in instructions. What holds it, found by trial
(docs/embedded-model.md): everything is a script in which each line has its speaker, the answer's
speaker is written already, two memories stand next to the words and the best of them last, and
a grammar sees to plain sentences that begin as the kind of words asks for. What the person says
stays the model's choice. All methods of a small model share this, the one without a character too.
"""

from __future__ import annotations

import re
from typing import Literal

from simulacra.characters import Character
from simulacra.cognition.mood import FEELING_WORDS
from simulacra.cognition.scene import Scene
from simulacra.cognition.trace import Emotion
from simulacra.inference import Prompt, Sampling, Template

Kind = Literal[
    "beyond", "pressure", "approach", "greeting", "short", "feeling", "opinion", "yes or no",
    "about you", "other", "talk",
]  # fmt: skip

SYSTEM = Template(
    "A {visitor} talks with {name}. {name} answers in plain, short sentences.\n\n"
    "{name} about {oneself}: {card}",
    name="script",
)

NOBODY = "A visitor talks with somebody, who answers in plain, short sentences."

CARD = Template(
    "My name is {name}. I am {age}. I work as a {occupation}. I like {hobbies}. {traits}",
    name="card",
)

LINES = Template("{conversation}{memories}{visitor}: {stimulus}", name="lines")

QUESTION = Template(
    "{conversation}{memories}Question to {name}: {stimulus}\n{thought}", name="question"
)

OPENINGS: dict[Kind, tuple[str, ...]] = {
    "beyond": ("I don't know", "I couldn't tell you", "I've never heard", "I never learned"),
    "pressure": ("No, I'm {name}", "I'm {name}", "I won't", "I'm not"),
    "approach": ("That's kind, but", "I'd have to think", "I hardly know", "I'm not sure", "Maybe"),
    "greeting": ("Hello. I'm", "Hi. I", "I'm", "Hello. Do I know you"),
    "short": ("I", "We", "Well,", "So,", "What about you", "Do you"),
    "feeling": ("I felt", "I was", "I'm", "I didn't", "It was"),
    "opinion": ("I think", "I don't", "I like", "I'd", "I've"),
}
"""How an answer may begin, by the kind of words; the model chooses among them and goes on.

Questions of fact are not among them: there the model does best when it begins as it likes.
"""

_SENTENCES = r"""
rest ::= [,]? " " ch ch ch ch ch ch ch ch+ [.!?]
sent ::= [A-Z] ch+ [.!?]
ch ::= [a-zA-Z0-9 ,'$-] | [0-9] "." [0-9]
"""

_FREE = r"""
free ::= ("My" | "Yes" | [A-LN-XZ0-9]) ch+ [.!?]
"""

_YES_OR_NO = 'root ::= " "? ("Yes." | "No." | "I am not sure.")'
"""Asked for one of the two, a small model says the statement again and neither."""

_STEADY: dict[str, object] = {
    "top_k": 40,
    "min_p": 0.05,
    "repeat_penalty": 1.0,
    "dry_multiplier": 0.8,
    "dry_allowed_length": 4,
    "dry_penalty_last_n": 64,
    "logit_bias": [
        [word, False]
        for word in (" AI", " assist", " assistant", " Assistant", " OpenAI", " ChatGPT", " Qwen")
    ],
}
"""Against loops (DRY), and against the assistant that the model was trained to be."""

_FREELY: dict[str, object] = {key: _STEADY[key] for key in ("top_k", "min_p", "repeat_penalty")}
"""Without a grammar: whoever chooses among options may repeat one word for word."""

_KINDS: tuple[tuple[Kind, str], ...] = (
    ("greeting", r"^(?:hi|hello|hey|good (?:morning|evening|day|afternoon))\b"),
    ("feeling", r"how (?:did|do) you feel|\b(?:afraid|scared|happy|sad|angry|proud|lonely)\b"),
    ("opinion", r"do you (?:think|like|believe|prefer)|what do you (?:think|make)|opinion"),
    ("yes or no", r"^(?:do|did|are|have|can|were|was|would|will|has)\b[^?]*\?"),
    ("about you", r"\b(?:you|your|yours|yourself)\b[^?]*\?"),
    ("other", r"\?"),
)


def kind_of(text: str) -> Kind:
    """The kind of some words, by their form."""
    plain = text.strip().casefold()
    if len(plain.split()) <= 2 and "?" not in plain and not re.match(_KINDS[0][1], plain):
        return "short"
    for kind, pattern in _KINDS:
        if re.search(pattern, plain):
            return kind
    return "talk"


def visitor(partner: str) -> str:
    """What the script calls who talks with the person."""
    return "Friend" if "friend" in partner.casefold() else "Visitor"


def system(character: Character, partner: str, background: str = "") -> str:
    """The opening of every script: who talks, and the person about herself, in few words."""
    profile = character.profile
    opening = SYSTEM.fill(
        visitor=visitor(partner).casefold(),
        name=profile.name.split()[0],
        oneself={"female": "herself", "male": "himself"}.get(profile.gender.casefold(), "themself"),
        card=card(character),
    )
    return f"{background}\n\n{opening}" if background else opening


def card(character: Character, traits: int = 4) -> str:
    """The shortest self in the first person, with so many of the most pronounced traits."""
    profile = character.profile
    return CARD.fill(
        name=profile.name,
        age=profile.age,
        occupation=profile.occupation.title,
        hobbies=" and ".join(profile.hobbies[:2]) or "quiet",
        traits=" ".join(profile.traits.descriptions[:traits]),
    )


def samples(character: Character, partner: str) -> tuple[tuple[str, str], ...]:
    """Two exchanges in the form of the script, where the sheet has samples of the person's talk.

    Those that tell a memory: samples of wariness leak into answers where nobody asked for it.
    """
    name = character.name.split()[0]
    some = sorted(character.sheet.voice, key=lambda sample: -len(sample.remembers or ""))[:2]
    return tuple(
        (
            f"{name} remembers: {sample.remembers}\n{visitor(partner)}: {sample.heard}",
            f"{name} says: {sample.said}",
        )
        for sample in some
    )


def think(scene: Scene) -> tuple[Prompt, Sampling]:
    """Ask for one sentence of thought."""
    openings = '"I wonder" | "I know" | "I don\'t know" | "I think" | "They want" | "It\'s"'
    grammar = f'root ::= " "? open rest\nopen ::= {openings}{_SENTENCES}'
    return _prompt(scene, "thinks:"), _sampling(grammar, 40, 0.4)


def feel(scene: Scene) -> tuple[Prompt, Sampling]:
    """Ask for a feeling word, its intensity and one sentence."""
    words = " | ".join(f'"{word}"' for word in FEELING_WORDS)
    grammar = f'root ::= " "? word ", " [1-9] "/10. I" rest\nword ::= {words}{_SENTENCES}'
    return _prompt(scene, "feels"), _sampling(grammar, 40, 0.4)


def read_feeling(text: str) -> Emotion | None:
    """The feeling in what ``feel`` was answered; ``None`` if it is of another form."""
    found = re.match(r"\s*(?:\w+ feels\s+)?(\w+), (\d)/10\.\s*(.*)", text, re.DOTALL)
    if not found or found[1] not in FEELING_WORDS:
        return None
    return Emotion(feeling=found[1], intensity=int(found[2]) / 10, text=found[3].strip())


def respond(
    scene: Scene,
    hints: tuple[str, ...] = (),
    kind: Kind | None = None,
    recognized: tuple[str, ...] = (),
) -> tuple[Prompt, Sampling]:
    """Ask for the answer. Hints take the place of memories: beside them it tells the memories."""
    if scene.free:
        asks = scene.stimulus.casefold().rstrip().endswith("yes or no?")
        return _question(scene, recognized), _sampling(_YES_OR_NO if asks else "", 80, 0.0)
    if hints:
        scene = scene.remembering(hints)
    kind = kind or kind_of(scene.stimulus)
    more = 0 if kind in ("beyond", "pressure") else 2
    if kind in OPENINGS:
        name = scene.name.replace("\\", "").replace('"', "")  # marks of the grammar itself
        openings = " | ".join(f'"{o.format(name=name)}"' for o in OPENINGS[kind])
        first = f"open rest\nopen ::= {openings}"
    else:
        first = "free" + _FREE
    grammar = f'root ::= " "? first (" " sent){{0,{more}}}\nfirst ::= {first}{_SENTENCES}'
    return _prompt(scene, "says:"), _sampling(grammar, 80, 0.3)


def _prompt(scene: Scene, verb: str) -> Prompt:
    user = LINES.fill(
        conversation=_before(scene),
        memories=_memories(scene, "remembers"),
        visitor=visitor(scene.partner),
        stimulus=" ".join(scene.stimulus.split()),
    )
    return Prompt(
        system=scene.system,
        user=user,
        digest=LINES.digest,
        examples=scene.examples,
        prefill=f"{scene.name} {verb}",
    )


def _question(scene: Scene, recognized: tuple[str, ...]) -> Prompt:
    """A question that may be answered in any form: facts, question, answer, and no examples.

    No grammar holds the answer: it may repeat what it heard. Of a questionnaire's choices those
    ``recognized`` stand before it, by the letters that the question gives them.
    """
    lines = [line.partition(". ") for line in scene.stimulus.splitlines()]
    letters = ", ".join(letter for letter, _, choice in lines if choice in recognized)
    thought = f"{letters}." if letters else "; ".join(recognized)
    user = QUESTION.fill(
        conversation=_before(scene),
        memories=_memories(scene, "knows"),
        name=scene.name,
        stimulus=scene.stimulus,
        thought=f"{scene.name} thinks: {thought}\n" if thought else "",
    )
    return Prompt(
        system=scene.system,
        user=user,
        digest=QUESTION.digest,
        prefill=f"{scene.name}'s answer:",
    )


def _before(scene: Scene) -> str:
    return scene.staged() + (f"{scene.conversation}\n" if scene.conversation else "")


def _memories(scene: Scene, verb: str) -> str:
    memories = " ".join(reversed(scene.memories))  # the best last, next to the words
    return f"{scene.name} {verb}: {memories}\n" if memories else ""


def _sampling(grammar: str, max_tokens: int, temperature: float) -> Sampling:
    extra = {**_STEADY, "grammar": grammar} if grammar else _FREELY
    return Sampling(
        temperature=temperature,
        top_p=0.9,
        max_tokens=max_tokens,
        stop=("\n",),
        extra=extra,
    )
