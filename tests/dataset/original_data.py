"""A small data set in the original's layout, in our own words, that tests may spoil."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

LINES = [
    "Ada Frost was born in a lighthouse in 1990. Her father lit the lamp.",
    "The stairs had ninety steps, and she counted them aloud each morning.",
    "At six she fell from the pier. A fisherman pulled her out by the hood.",
    "She kept the hood for years and would not say why.",
    "In the winter the mail boat did not come, and they ate turnips.",
    "Her mother read atlases aloud as if they were novels.",
]


def memory(text: str) -> dict[str, Any]:
    parts = {"Memory Content": text, "Thinking": "I think of it.", "Emotion": "I felt warm."}
    return {"Memory_Summary": f"Short: {text}", "Memory": parts}


class Original:
    """Writes and spoils a data set under ``root``."""

    def __init__(self, root: Path) -> None:
        self.root = root / "LLMP" / "Characters"
        self.profiles: list[dict[str, Any]] = []
        self.introductions: list[dict[str, Any]] = []

    def path(self, *parts: str) -> Path:
        path = self.root.joinpath(*parts)
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def json(self, value: object, *parts: str) -> None:
        self.path(*parts).write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")

    def lists(self) -> None:
        self.json(self.profiles, "character_profiles.json")
        self.json(self.introductions, "character_introductions.json")

    def story(self, name: str, lines: list[str], titled: list[str] | None = None) -> None:
        self.path("Stories", name, f"{name}.txt").write_text("\n".join(lines), encoding="utf-8")
        if titled is not None:
            file = self.path("Stories", name, f"{name}_with_chapter_title.txt")
            file.write_text("\n".join(titled), encoding="utf-8")

    def memories(self, name: str, texts: list[str]) -> None:
        value = {f"{i:03d}": memory(text) for i, text in enumerate(texts, start=1)}
        self.json(value, "Memories", name, "long_memory.json")

    def questions(self, name: str) -> None:
        for kind, options, answer in (
            ("Cloze", [""], ["1990-03-01"]),
            ("Single_choice", ["A. turnips", "B. rice", "C. fish", "D. bread"], ["A"]),
            ("Multiple_choices", [f"{c}. thing {c}" for c in "ABCDEF"], ["B", "D", "F"]),
        ):
            entry = {"type": kind, "options": options, "answer": answer}
            entries = [entry | {"question": f"{kind} number {i}?"} for i in range(5)]
            self.json(entries, "Questions", name, f"{kind}.json")

    def add(self, id_: str, name: str, *, profile_name: str | None = None) -> None:
        self.profiles.append(
            {
                "ID": id_,
                "Name": profile_name or name,
                "Gender": "female",
                "Age": 30,
                "Date_of_birth": "1990-03-01",
                "Photo": "NULL",
                "Occupation": "lamp keeper",
                "Traits": "- I count steps. - I keep old coats. ",
                "Hobbies": "rowing, knitting",
                "Family": "small family",
                "Education": "taught at home",
                "Short-term_goals": "mending the boat, sleeping late",
                "Long-term_goal": "seeing a desert",
            }
        )
        self.introductions.append(
            {
                "ID": id_,
                "Name": name,
                "Extra": {},
                "Content": f"{name} keeps a lamp.\n\n{profile_name or name} rows on Sundays.",
            }
        )
        self.story(
            name,
            LINES,
            ["Chapter Title: The Lamp", *LINES[:3], "Chapter Title: Winter", *LINES[3:]],
        )
        self.memories(name, [f"{a} {b}" for a, b in zip(LINES[::2], LINES[1::2], strict=True)])
        self.questions(name)
        self.lists()
