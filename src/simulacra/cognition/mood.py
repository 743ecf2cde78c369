"""Mood: where feelings leave a person, and how it fades (Emotion Agent; Russell 1980).

A feeling has a place in Russell's circumplex of affect: valence from -1 (unpleasant) to 1
(pleasant) and arousal from 0 (sleepy) to 1 (stirred). Mood moves towards each feeling by its
intensity and drifts back to rest with every turn.
"""

from __future__ import annotations

from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

FeelingWord = Literal[
    "calm", "content", "glad", "amused", "proud", "grateful", "fond", "hopeful", "curious",
    "surprised", "nostalgic", "bored", "tired", "wary", "afraid", "ashamed", "lonely", "sad",
    "hurt", "annoyed", "angry", "disgusted", "confused",
]  # fmt: skip

FEELING_WORDS: tuple[str, ...] = get_args(FeelingWord)

AFFECT: dict[str, tuple[float, float]] = {
    "calm": (0.4, 0.1), "content": (0.6, 0.2), "glad": (0.8, 0.5), "amused": (0.7, 0.6),
    "proud": (0.7, 0.6), "grateful": (0.7, 0.4), "fond": (0.7, 0.4), "hopeful": (0.6, 0.5),
    "curious": (0.4, 0.6), "surprised": (0.1, 0.8), "nostalgic": (0.2, 0.3),
    "bored": (-0.3, 0.1), "tired": (-0.2, 0.0), "wary": (-0.3, 0.5), "afraid": (-0.7, 0.9),
    "ashamed": (-0.7, 0.5), "lonely": (-0.6, 0.3), "sad": (-0.7, 0.3), "hurt": (-0.7, 0.5),
    "annoyed": (-0.5, 0.6), "angry": (-0.8, 0.9), "disgusted": (-0.7, 0.6),
    "confused": (-0.2, 0.5),
}  # fmt: skip
"""Valence and arousal of each feeling word; placed after Russell (1980), Figure 2, by us."""

PERSISTENCE = 0.8
"""What is left of the distance from rest after one turn in which nothing is felt."""


class Mood(BaseModel):
    """How a person is disposed right now.

    ``valence`` from -1 to 1, ``arousal`` from 0 to 1, ``feeling`` the last feeling's word.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    valence: float = Field(default=0.0, ge=-1, le=1)
    arousal: float = Field(default=0.3, ge=0, le=1)
    feeling: str = "calm"

    def faded(self) -> Mood:
        """One turn later, if nothing is felt: nearer to rest (the default mood)."""
        rest = Mood()
        valence = rest.valence + (self.valence - rest.valence) * PERSISTENCE
        arousal = rest.arousal + (self.arousal - rest.arousal) * PERSISTENCE
        away = abs(valence - rest.valence) + abs(arousal - rest.arousal)
        return Mood(
            valence=round(valence, 4),
            arousal=round(arousal, 4),
            feeling=self.feeling if away > 0.1 else rest.feeling,
        )

    def after(self, feeling: str, intensity: float) -> Mood:
        """The mood that a feeling of some intensity (0 to 1) leaves.

        Raises:
            KeyError: the feeling has no place in ``AFFECT``.
        """
        valence, arousal = AFFECT[feeling]
        weight = min(max(intensity, 0.0), 1.0)
        return Mood(
            valence=round(self.valence + (valence - self.valence) * weight, 4),
            arousal=round(self.arousal + (arousal - self.arousal) * weight, 4),
            feeling=feeling if weight >= 0.2 else self.feeling,
        )

    def words(self) -> str:
        """The mood in plain words, for a prompt or a person."""
        if self.valence > 0.45:
            tone = "in good spirits"
        elif self.valence > 0.12:
            tone = "at ease"
        elif self.valence > -0.12:
            tone = "neither up nor down"
        elif self.valence > -0.45:
            tone = "out of sorts"
        else:
            tone = "in a bad way"
        return f"{tone}, {self.feeling}" if self.feeling != "calm" else tone
