from hypothesis import given
from hypothesis import strategies as st

from simulacra.cognition.mood import AFFECT, FEELING_WORDS, Mood

moods = st.builds(
    Mood,
    valence=st.floats(-1, 1),
    arousal=st.floats(0, 1),
    feeling=st.sampled_from(FEELING_WORDS),
)


def test_every_feeling_word_has_a_place_in_the_circumplex() -> None:
    assert set(AFFECT) == set(FEELING_WORDS)
    assert all(-1 <= valence <= 1 and 0 <= arousal <= 1 for valence, arousal in AFFECT.values())


@given(moods, st.sampled_from(FEELING_WORDS), st.floats(0, 1))
def test_a_feeling_moves_mood_towards_it_and_never_past_it(
    mood: Mood, feeling: str, intensity: float
) -> None:
    after = mood.after(feeling, intensity)
    low, high = sorted((mood.valence, AFFECT[feeling][0]))
    assert low - 1e-4 <= after.valence <= high + 1e-4


@given(moods)
def test_mood_fades_to_rest(mood: Mood) -> None:
    faded = mood
    for _ in range(40):
        nearer = faded.faded()
        assert abs(nearer.valence) <= abs(faded.valence) + 1e-9
        faded = nearer
    assert abs(faded.valence) < 0.01
    assert faded.feeling == Mood().feeling


@given(moods)
def test_mood_round_trips_through_json(mood: Mood) -> None:
    assert Mood.model_validate_json(mood.model_dump_json()) == mood
