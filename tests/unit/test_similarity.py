import random
import string

import pytest

from acculturate.similarity import Index, Match, chrf, grams, normalise, similarity


def test_normalise_levels_case_encoding_punctuation_and_space() -> None:
    assert normalise("  HOW — “important”,\nis_it?") == "how important is it"
    assert normalise("ﬁne") == "fine"
    assert normalise("?!…") == ""


def test_grams_hold_the_borders_of_the_text() -> None:
    assert grams("ab c") == {" ab ", "ab c", "b c "}
    assert grams("a") == {" a "}
    assert grams("--") == frozenset()


def test_similarity_of_equal_apart_and_empty_texts() -> None:
    assert similarity("Do you vote?", "do you vote") == 1
    assert similarity("Do you vote?", "zzzz") == 0
    assert similarity("", "") == 0


def test_similarity_tells_a_copy_from_another_item_of_the_grid() -> None:
    seed = "How important would you say family is to you?"
    assert similarity(seed, "How important would you say that family is to you?") > 0.8
    assert similarity(seed, "How important would you say politics is to you?") < 0.8


@pytest.mark.parametrize("threshold", [0.3, 0.6, 0.8, 1.0])
def test_the_index_finds_what_comparing_all_pairs_finds(threshold: float) -> None:
    draw = random.Random(7)
    words = ["".join(draw.choices(string.ascii_lowercase[:6], k=4)) for _ in range(12)]
    texts = [" ".join(draw.choices(words, k=6)) for _ in range(120)] + ["", "aa", "aa"]
    index = Index(threshold)
    for at, text in enumerate(texts):
        scores = [similarity(text, other) for other in texts[:at]]
        best = max(scores, default=0.0)
        result = index.find(text)
        if best >= threshold:
            assert result is not None
            assert result.score == pytest.approx(best)
            assert result.number == next(k for k, score in enumerate(scores) if score == best)
        else:
            assert result is None
        index.add(text)


def test_an_empty_index_and_an_empty_text_find_nothing() -> None:
    index = Index(0.5)
    assert index.find("anything") is None
    index.add("anything")
    assert index.find("") is None
    assert index.find("Anything!") == Match(0, 1.0)
    assert len(index) == 1


def test_chrf_ranks_the_nearer_reference_higher() -> None:
    same, near, far = chrf(
        "How often do you pray?",
        ["How often do you pray?", "How often do you vote?", "Rank these aims of a country."],
    )
    assert same == pytest.approx(100)
    assert same > near > far >= 0


def test_all_texts_that_reach_the_threshold_are_found() -> None:
    draw = random.Random(3)
    words = ["".join(draw.choices(string.ascii_lowercase[:5], k=4)) for _ in range(8)]
    texts = [" ".join(draw.choices(words, k=5)) for _ in range(60)]
    index = Index(0.6)
    assert index.find_all("anything") == ()
    for text in texts:
        index.add(text)
    for text in texts[:20]:
        near = tuple(k for k, other in enumerate(texts) if similarity(text, other) >= 0.6)
        assert index.find_all(text) == near
    assert index.find_all("") == ()


def test_chrf_is_that_of_sacrebleu() -> None:
    metric = pytest.importorskip("sacrebleu.metrics").CHRF(word_order=2)
    texts = [
        "How important is family in your life?",
        "How important is religion in your life?",
        "(Would you) say: yes!",
        "aaaa aaa aa a",
        "好吗？ 你好，世界。",
        "生活の中で家族はどのくらい大切ですか。",
        "x",
        "",
    ]
    for text in texts:
        wanted = [metric.sentence_score(text, [other]).score for other in texts]
        assert chrf(text, texts) == pytest.approx(wanted, abs=1e-9)
    assert chrf("anything", []) == ()


@pytest.mark.parametrize("text", ["", "?", "a", "Ja", "生活", "🙂"])
def test_short_texts_are_no_trouble(text: str) -> None:
    index = Index(0.8)
    assert index.find(text) is None
    index.add(text)
    index.add("How often do you pray?")
    assert index.find("how often do you PRAY") == Match(1, 1.0)
    assert index.text(0) == text
