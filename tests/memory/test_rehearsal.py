from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from simulacra.memory import Item, ShortTermMemory, rehearsal

turns = st.integers(0, 500)
counts = st.integers(0, 8)
items = st.builds(
    Item,
    turns=st.lists(turns, min_size=1, max_size=3).map(tuple),
    text=st.text(max_size=30),
    entered=turns,
    rehearsals=counts,
    rehearsed=st.none() | turns,
)


@given(turns, turns, counts)
def test_strength_falls_with_every_turn(a: int, b: int, count: int):
    early, late = sorted((a, b))
    assert 1 >= rehearsal.strength(early, count) >= rehearsal.strength(late, count) > 0


@given(st.integers(1, 500), counts)
def test_each_rehearsal_makes_an_item_steadier(idle: int, count: int):
    assert rehearsal.strength(idle, count + 1) > rehearsal.strength(idle, count)


def test_what_is_never_rehearsed_fades_within_thirty_turns():
    item = Item(turns=(0,), text="You: I had soup.", entered=3)
    fading = [now for now in range(3, 60) if item.faded(now)]
    assert fading == list(range(fading[0], 60))
    assert 3 + 20 < fading[0] <= 3 + 30


def test_rehearsed_often_enough_an_item_is_due_and_waits():
    item = Item(turns=(0,), text="You: My mother is ill.", entered=0)
    for now in range(1, rehearsal.REHEARSALS + 1):
        assert not item.due
        item = item.rehearse(now)
    assert item.due
    assert not item.faded(10_000)


def test_recalled_twice_in_one_turn_is_rehearsed_once():
    item = Item(turns=(0,), text="x", entered=0).rehearse(5).rehearse(5)
    assert item.rehearsals == 1


@given(st.lists(items, max_size=6), turns)
def test_state_survives_json_and_fading_keeps_the_order(found: list[Item], now: int):
    state = ShortTermMemory(items=tuple(found))
    assert ShortTermMemory.model_validate_json(state.model_dump_json()) == state
    assert state.fade(now).items == tuple(item for item in found if not item.faded(now))


def test_rehearsing_touches_only_what_was_recalled_and_consolidated_items_go():
    one, two = (Item(turns=(n,), text=str(n), entered=n) for n in (1, 2))
    state = ShortTermMemory().add(one, two).rehearse([one], 3)
    assert [item.rehearsals for item in state.items] == [1, 0]
    state = state.rehearse([one], 4).rehearse([one], 5)
    assert [item.turns for item in state.due()] == [(1,)]
    assert [item.turns for item in state.without(state.due()).items] == [(2,)]


def test_the_same_turns_enter_once():
    item = Item(turns=(1,), text="a", entered=1)
    assert len(ShortTermMemory().add(item).add(item).items) == 1
