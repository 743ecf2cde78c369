from pathlib import Path

import pytest
from benchmarks.lines import LINES
from benchmarks.provider import MESSAGE_TOKENS
from benchmarks.report import Report, Table
from benchmarks.tokens import tokens

from benchmarks import reference


@pytest.mark.parametrize(("turn", "total"), [(1, 9000), (10, 21_600)])
def test_the_replayed_turn_reads_what_was_measured(turn: int, total: int) -> None:
    prompts = [reference.prompt(agent, 0, turn) for agent in range(reference.AGENTS)]
    assert sum(len(tokens(prompt)) + MESSAGE_TOKENS for prompt in prompts) == total


def test_the_replayed_conversation_keeps_what_was_said_before() -> None:
    fifth, sixth = (reference.prompt(0, 0, turn) for turn in (5, 6))
    shared = len(fifth) - len(fifth.rsplit("\n", 1)[1])
    assert sixth.startswith(fifth[:shared])


def test_the_conversation_has_60_different_lines_of_10_to_25_words() -> None:
    assert len(set(LINES)) == 60
    assert all(10 <= len(line.split()) <= 25 for line in LINES)


def test_a_report_goes_between_its_markers_and_nowhere_else(tmp_path: Path) -> None:
    docs = tmp_path / "benchmarks.md"
    docs.write_text("before\n<!-- turn: start -->\nold\n<!-- turn: end -->\nafter\n")
    report = Report("turn", (Table("Calls", ("what", "n"), (("a|b", "3"),)),))
    report.write(docs)
    report.write(docs)
    text = docs.read_text()
    assert text.startswith("before\n<!-- turn: start -->\n`python -m benchmarks.turn`")
    assert text.endswith("| a\\|b | 3 |\n<!-- turn: end -->\nafter\n")
    assert "old" not in text
    with pytest.raises(ValueError, match="overhead: start"):
        Report("overhead", ()).write(docs)
