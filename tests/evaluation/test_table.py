"""Tables, files and figures of results, and the paper's own numbers beside them."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_runs import made, sitting, statements
from pyarrow import parquet  # pyright: ignore[reportMissingTypeStubs]

from simulacra.errors import SimulacraError
from simulacra.evaluation.export import as_csv, as_json, flat, write_parquet
from simulacra.evaluation.figures import draw
from simulacra.evaluation.layout import by_character, contrasts, span, table_2, tables
from simulacra.evaluation.records import Run
from simulacra.evaluation.reference import paper_table
from simulacra.evaluation.results import results_of
from simulacra.evaluation.statistics import Interval
from simulacra.evaluation.table import Column, Table, escaped, latex, markdown


@pytest.fixture
def run(tmp_path: Path) -> Run:
    records = [
        *sitting([0, 0, 2], method="none"),
        *sitting([2, 2, 4], method="prompt"),
        *sitting([2, 2, 2], method="prompt", repeat=1),
        *sitting([2, 2, 6], method="macm"),
        *statements(method="prompt"),
    ]
    return made(tmp_path / "run", records)


def test_the_papers_numbers_add_up_and_are_all_there():
    models = paper_table().models
    rows = [four for methods in models.values() for four in methods.values() if four]
    assert (len(models), len(rows)) == (10, 38)
    for four in rows:
        assert four.cloze + four.single + four.multiple == pytest.approx(four.total, abs=0.011)
        assert 0 <= four.cloze <= 10
        assert 0 <= four.single <= 10
        assert 0 <= four.multiple <= 30
    assert models["Llama-2-7b"]["prompt"] == (5.33, 8.00, 8.67, 22.00)
    assert models["Llama-2-70b"]["macm"] is None


def test_table_2_has_four_numbers_a_method_and_the_papers_rows_marked(run: Run):
    (result,) = results_of([run])
    table = table_2(result, paper_table())
    rows = {row[0]: row[1:] for row in table.rows}
    assert rows["embedded:tiny"] == (
        *("0.00", "0.00", "2.00", "2.00"),
        *("2.00", "2.00", "3.00", "7.00"),
        *("", "", "", ""),
        *("2.00", "2.00", "6.00", "10.00"),
    )
    assert rows["paper: Llama-2-70b"][-4:] == ("–", "–", "–", "–")
    assert sum(name.startswith("paper: ") for name in rows) == 10
    assert table.title == "Self report, free answers: points of 10"


def test_each_characters_points_stand_by_method(tmp_path: Path):
    records = [
        *sitting([2, 2, 4], method="prompt"),
        *sitting([2, 2, 1], method="prompt", repeat=1),
        *sitting([2, 2, 6], method="macm"),
        *sitting([0, 0, 0], method="prompt", character="anna-berg"),
    ]
    (result,) = results_of([made(tmp_path, records)])
    assert by_character(result).rows == (
        ("embedded:tiny", "anna-berg", "", "0.00", "", ""),
        ("embedded:tiny", "mary-jones", "", "6.50", "", "10.00"),
    )


def test_presets_have_rows_of_their_own_and_say_what_was_left_out(tmp_path: Path):
    default = made(tmp_path / "default", [*sitting([2, 2, 6]), *sitting([0, 0, 0], method="rag")])
    without = made(tmp_path / "without", sitting([2, 0, 4]), preset="no-memory")
    (result,) = results_of([default, without])
    assert [row[0] for row in table_2(result).rows] == [
        *("embedded:tiny", "embedded:tiny, no-memory"),
    ]
    assert [(row[0], row[1], row[4].split()[0]) for row in contrasts(result).rows] == [
        ("embedded:tiny", "macm − rag", "+10.00"),
        ("embedded:tiny, no-memory", "macm − rag", "+6.00"),
        ("embedded:tiny", "macm − macm, no-memory", "+4.00"),
    ]
    rows = flat("scores", [result], [default, without], None)
    assert [(row["method"], row["preset"]) for row in rows] == [
        *(("rag", "default"), ("macm", "default"), ("macm", "no-memory")),
    ]


def test_every_table_names_its_way_of_answering(run: Run):
    (result,) = results_of([run])
    shown = tables(result, paper_table())
    assert len(shown) == 6
    assert all("free answers" in table.title for table in shown)
    assert all(len(row) == len(table.columns) for table in shown for row in table.rows)


def test_what_is_unfinished_is_shown_even_where_nothing_else_is(tmp_path: Path):
    (result,) = results_of([made(tmp_path, sitting([2, 2, 6])[:2])])
    (table,) = tables(result, paper_table())
    assert table.rows == (("self report", "embedded:tiny", "macm", "1"),)


def test_a_span_has_true_minus_signs():
    assert span(Interval(-1.5, -3, 0.25), signed=True) == "−1.50 [−3.00, +0.25]"
    assert span(Interval(2, None, None)) == "2.00"
    assert span(None) == "–"


def test_markdown_has_a_cell_for_every_cell_whatever_is_in_it():
    columns = (Column("model", number=False), Column("Sum", group="none"))
    text = markdown([Table("T", columns, (("a|b", "1"),), ("so it is",))])
    assert text.splitlines() == [
        *("### T", "", "| model | none: Sum |", "| --- | ---: |", "| a\\|b | 1 |"),
        *("", "- so it is"),
    ]


def test_latex_spans_groups_of_columns(run: Run):
    (result,) = results_of([run])
    text = latex([table_2(result)])
    assert r"\multicolumn{1}{c}{} & \multicolumn{4}{c}{none} & \multicolumn{4}{c}{prompt}" in text
    assert text.count(r"\begin{table*}") == text.count(r"\end{table*}") == 1


@given(st.text())
def test_no_text_breaks_latex(text: str):
    plain = escaped(text)
    for replacement in (r"\textbackslash{}", r"\textasciitilde{}", r"\textasciicircum{}"):
        plain = plain.replace(replacement, "")
    for char in "&%#_{}":
        plain = plain.replace(f"\\{char}", "")
    for math in (r"\$", "$-$", r"$\times$", r"$\tau$"):
        plain = plain.replace(math, "")
    assert not set(plain) & set("&%$#_{}\\~^")


def test_csv_reads_back_with_the_paper_told_apart(run: Run):
    rows = list(csv.DictReader(io.StringIO(as_csv(flat("scores", results_of([run]), [run], None)))))
    assert [(row["method"], float(row["total"])) for row in rows] == [
        *(("none", 2), ("prompt", 7), ("macm", 10)),
    ]
    beside = flat("scores", results_of([run]), [run], paper_table())
    assert [row["source"] for row in beside] == ["run"] * 3 + ["paper"] * 38
    assert len({tuple(row) for row in beside}) == 1


@pytest.mark.parametrize("subject", ["scores", "contrasts", "personality", "answers"])
def test_parquet_keeps_every_row(run: Run, tmp_path: Path, subject: Any):
    rows = flat(subject, results_of([run]), [run], None)
    write_parquet(rows, tmp_path / "rows.parquet")
    kept = cast("Any", parquet).read_table(str(tmp_path / "rows.parquet")).to_pylist()
    assert kept == rows
    assert len(rows) == {"scores": 3, "contrasts": 3, "personality": 1, "answers": 76}[subject]


def test_json_has_runs_results_and_paper(run: Run):
    found = as_json(results_of([run]), [run], paper_table())
    assert found["runs"][0]["seed"] == 1
    assert found["results"][0]["scores"][1]["total"]["mean"] == 7
    assert found["paper"]["models"]["GPT-4"]["macm"][-1] == 43.33


@pytest.mark.parametrize(("suffix", "start"), [("png", b"\x89PNG"), ("svg", b"<?xml")])
def test_the_same_results_make_the_same_figure(run: Run, tmp_path: Path, suffix: str, start: bytes):
    files = [tmp_path / f"{number}.{suffix}" for number in (1, 2)]
    for file in files:
        draw(results_of([run]), file)
    first, second = (file.read_bytes() for file in files)
    assert first.startswith(start)
    assert first == second


def test_a_figure_names_every_method_and_value(run: Run, tmp_path: Path):
    draw(results_of([run]), tmp_path / "bars.svg")
    text = (tmp_path / "bars.svg").read_text(encoding="utf-8")
    assert all(f">{word}<" in text for word in ("none", "prompt", "macm", "2.0", "7.0", "10.0"))


def test_a_figure_of_nothing_or_of_another_kind_is_refused(run: Run, tmp_path: Path):
    with pytest.raises(SimulacraError, match="no self report"):
        draw([], tmp_path / "bars.png")
    with pytest.raises(SimulacraError, match=r"ends in one of \.png"):
        draw(results_of([run]), tmp_path / "bars.bmp")
