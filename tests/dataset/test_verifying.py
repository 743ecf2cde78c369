from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from made_person import person

from simulacra.characters import TENDENCIES, Workspace
from simulacra.dataset.manifest import MANIFEST, read_manifest, survey, write_manifest
from simulacra.dataset.verifying import SPREAD_FROM, Verified, verify
from simulacra.errors import CharacterInvalidError


@pytest.fixture
def shipped(tmp_path: Path) -> Workspace:
    """A data set of one person, with its manifest."""
    root = tmp_path / "dataset"
    person(root / "characters" / "ada")
    (root / "instruments").mkdir()
    (root / "instruments" / "sheet.yaml").write_text("a: 1\n", encoding="utf-8")
    write_manifest(root)
    return Workspace(tmp_path / "own", shipped=root / "characters")


def verified(workspace: Workspace) -> Verified:
    return asyncio.run(verify(workspace, None))


def digest_faults(workspace: Workspace) -> list[str]:
    manifest = read_manifest(workspace.shipped.parent)
    now = survey(workspace.shipped.parent, manifest.version, manifest.published)
    return list(manifest.faults(now))


def test_the_manifest_holds_for_the_files_it_was_written_for(shipped: Workspace) -> None:
    assert digest_faults(shipped) == []
    names = read_manifest(shipped.shipped.parent).files
    assert {"characters/ada/ledger.yaml", "instruments/sheet.yaml"} <= set(names)


@pytest.mark.parametrize(
    ("file", "content", "said"),
    [
        ("story.md", "x", "characters/ada/story.md was changed"),
        ("story.md", None, "characters/ada/story.md is listed, but missing"),
        ("more.md", "x", "characters/ada/more.md is not listed"),
    ],
)
def test_every_change_of_a_file_is_a_fault(
    shipped: Workspace, file: str, content: str | None, said: str
) -> None:
    path = shipped.shipped / "ada" / file
    if content is None:
        path.unlink()
    else:
        path.write_text(content, encoding="utf-8")
    faults = digest_faults(shipped)
    assert len(faults) == 1
    assert said in faults[0]


def test_errors_of_the_checker_are_faults(shipped: Workspace) -> None:
    faults = verified(shipped).faults
    assert any("under 10,000" in fault for fault in faults)
    assert all("ada" in fault for fault in faults)


def test_writing_keeps_the_version_until_one_is_named(shipped: Workspace) -> None:
    root = shipped.shipped.parent
    assert write_manifest(root, "2.1.0").version == "2.1.0"
    assert write_manifest(root).version == "2.1.0"


def test_a_broken_manifest_says_how_to_mend_it(shipped: Workspace) -> None:
    root = shipped.shipped.parent
    (root / MANIFEST).write_text('{"version": "1"}', encoding="utf-8")
    with pytest.raises(CharacterInvalidError, match="--write"):
        read_manifest(root)
    assert write_manifest(root, "1.0.1") == read_manifest(root)


def spread_faults(workspace: Workspace, people: int, *, turn: bool) -> list[str]:
    for number in range(people):
        start = 2 * number % 8 if turn else 0
        ranking = (*TENDENCIES[start:], *TENDENCIES[:start])
        person(workspace.shipped / f"p{number}", f"P {number}", ranking, bare=True)
    return [fault for fault in verified(workspace).faults if "last" in fault or "first" in fault]


def test_a_spread_that_is_even_is_no_fault(shipped: Workspace) -> None:
    assert spread_faults(shipped, SPREAD_FROM, turn=True) == []


def test_a_spread_that_is_one_sided_is_a_fault_for_each_tendency(shipped: Workspace) -> None:
    faults = spread_faults(shipped, SPREAD_FROM, turn=False)
    assert len(faults) == 6 + 6


def test_a_few_people_can_not_be_spread(shipped: Workspace) -> None:
    assert spread_faults(shipped, SPREAD_FROM - 1, turn=False) == []
