"""The data card: what the data set is, how it was made, what it is for, and where it fails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import yaml

from simulacra.biography import Story
from simulacra.characters import Character
from simulacra.dataset.tables import ABOUT, Row

NAME = "simulacra-people"
DESCRIPTION = (
    "Virtual people with a whole life behind them: profile, ranked personality, biography, life "
    "story, memories in their own voice, questions with evidence, expected answers to scenarios, "
    "and a ledger of dated facts. All of them are fiction."
)

_CARD = """\
# {name}, version {version}

{description}

## What is in it

{tables}

`character` is the key of every table. Paragraph numbers count from 0 within a character.

```python
from datasets import load_dataset
load_dataset("{place}", "memories")        # one table; "characters" without a second argument
```

## Statistics

{statistics}

Words are those between white space; headings are not counted.

## How it was made

The form follows *Human Simulacra* (Xie et al., 2024), which gives the names, ages, genders and
occupations; everything else is new, and nothing is taken from that data set. Attributes were drawn
from the project's own pools, and the ranking of the eight personality tendencies spread over the
people. Biographies, life stories, memories, questions and expectations were **written with the help
of a large language model**, to a plan for each person, and then reviewed by readers: against the
ledger of dated facts, against the profile and the traits, and for what a text generator leaves
behind. `simulacra dataset verify` checks what a program can prove; `simulacra dataset stats` counts
repeats, leftovers, lexical variety, names, concrete nouns and filler.

## Intended use

Research on simulated people, role-play, memory and personality in language models: as the people
of an experiment, as retrieval and question answering with evidence, as material for a questionnaire
or an observer report. Keep `expectations` and the answers of `questions` away from the model that
is tested.

## Limits

- These are invented lives, in English, of a few people. They stand for no group, and no conclusion
  about real people follows from how a simulated one answers.
- They were written with a language model's help and carry its habits, and those of its readers.
- The ranked tendencies are a device of the paper's to make characters differ, no test of anybody.
- Some stories tell of illness, death, loss and quarrels.
- Who talks with such a person must be told that it is a computer-generated fiction.

## Licence

CC BY 4.0. Name "The Simulacra project".
"""


def data_card(
    characters: Sequence[Character],
    tables: Mapping[str, Sequence[Row]],
    version: str,
    form: str,
    place: str = "path/to/this/folder",
) -> str:
    """The text of ``README.md``, headed by the lines that ``datasets`` reads."""
    rows = sum(len(rows) for rows in tables.values())
    filled = [table for table, found in tables.items() if found]
    head = {
        "pretty_name": "Simulacra: virtual people",
        "license": "cc-by-4.0",
        "language": ["en"],
        "size_categories": ["n<1K" if rows < 1_000 else "1K<n<10K"],
        "tags": ["personality", "role-play", "memory", "simulation", "psychology"],
        "configs": [
            {"config_name": table, "data_files": f"{table}.{form}"}
            | ({"default": True} if table == "characters" else {})
            for table in filled
        ],
    }
    body = _CARD.format(
        name=NAME,
        version=version,
        description=DESCRIPTION,
        tables="\n".join(
            f"- `{table}` ({len(tables[table]):,}): {ABOUT[table]}" for table in ABOUT
        ),
        place=place,
        statistics=_statistics(characters, tables),
    )
    return f"---\n{yaml.safe_dump(head, sort_keys=False, allow_unicode=True)}---\n\n{body}"


def _statistics(characters: Sequence[Character], tables: Mapping[str, Sequence[Row]]) -> str:
    heads = ("name", "age", "gender", "occupation", "words", "paragraphs", "memories", "events")
    lines = [" | ".join(heads), " | ".join("---" for _ in heads)]
    total = 0
    for character in sorted(characters, key=lambda c: (c.profile.age, c.slug)):
        profile = character.profile
        words = Story.parse(character.story_text).words
        total += words
        counts = (
            sum(row["character"] == character.slug for row in tables[table])
            for table in ("paragraphs", "memories", "events")
        )
        cells = (profile.name, profile.age, profile.gender, profile.occupation.title)
        lines.append(" | ".join(map(str, (*cells, f"{words:,}", *counts))))
    sums = (f"{len(tables[t]):,}" for t in ("paragraphs", "memories", "events"))
    lines.append(" | ".join(("all", "", "", "", f"{total:,}", *sums)))
    return "\n".join(f"| {line} |" for line in lines)
