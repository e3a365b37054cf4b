"""Every text by which an option is known is read as it, and no part of another text is."""

from collections.abc import Iterator

import pytest

from acculturate.asking.option_texts import bare, known_texts, texts_of
from acculturate.asking.parser import parse
from acculturate.evaluation.published_reading import plain_options
from acculturate.records import Item, Option, Wording
from acculturate.survey import Survey, load_survey
from acculturate.survey.codebook import codebook_texts
from acculturate.survey.label_exports import possible_codes


@pytest.fixture(scope="module")
def survey() -> Survey:
    return load_survey("wvs7-marginals")


def option_texts(survey: Survey, language: str, number: int) -> Iterator[tuple[Item, str, int]]:
    for item in survey.items.values():
        for wording in item.wordings.get(language, ())[number : number + 1]:
            pairs = zip(wording.texts, item.codes, strict=True)
            yield from ((item, text, code) for text, code in pairs if text)


@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize(
    ("language", "n"), [("en", 850), ("de", 142), ("es", 142), ("zh", 142), ("ja", 142)]
)
def test_every_option_of_both_wordings_is_read(
    survey: Survey, language: str, n: int, number: int
) -> None:
    texts = list(option_texts(survey, language, number))
    assert len(texts) == n
    for item, text, code in texts:
        for given in ("", language):
            assert parse(text, plain_options(item), given, item).code == code, (item.id, text)


@pytest.mark.parametrize("shape", ["not {}", "I don’t think {}", "never {}", "hardly {}"])
def test_no_option_is_read_where_its_text_is_negated(survey: Survey, shape: str) -> None:
    for number in (0, 1):
        for item, text, code in option_texts(survey, "en", number):
            given = shape.format(text)
            assert parse(given, plain_options(item), "en", item).code != code, (item.id, given)


def test_every_option_of_the_codebook_is_read_and_fits_the_label_table(survey: Survey) -> None:
    n = 0
    for item in survey.items.values():
        for code, texts in codebook_texts(item).items():
            for text in texts:
                n += 1
                assert parse(text, plain_options(item), "", item).code == code, (item.id, text)
                assert possible_codes(item.id, text, item.codes) in ((), (code,)), (item.id, text)
    assert n > 900


@pytest.mark.parametrize(
    ("key", "text", "code"),
    [
        ("Q27", "Agree strongly", 1),
        ("Q33", "Disagree strongly", 5),
        ("Q171", "More than once a week", 1),
        ("Q171", "Never, practically never", 7),
        ("Q201", "Less than monthly", 4),
        ("Q46", "Rather happy", 2),
        ("Q57", "Most people can be trusted", 1),
        ("Q71", "A great deal", 1),
        ("Q1", "Not at all important", 4),
        ("Q121", "Quite bad", 2),
        ("Q239", "Very bad", 4),
        ("Q241", "It is against democracy", 0),
        ("Q196", "Definitely should not have the right", 4),
        # a part of a text is no option, and a text that releases use for two options names none
        ("Q171", "Less than once a week", None),
        ("Q171", "Twice a week", None),
        ("Q27", "Somewhat agree", None),
        ("Q27", "Agree in part", None),
        ("Q1", "Important", None),
        ("Q1", "Not important", None),
        ("Q121", "Rather bad", None),
        ("Q239", "Bad", None),
        ("Q56", "Not better", None),
        ("Q27", "I agree, but only partly", None),
        ("Q27", "I disagree, though not strongly", None),
        ("Q27", "Agree or disagree", None),
        ("Q27", "They agree", None),
        ("Q27", "I would agree if it were true", None),
        ("Q57", "Few people can be trusted", None),
        ("Q7", "No idea", None),
        ("Q27", "Ich stimme eher zu", None),
        ("Q27", "de acuerdo en parte", None),
        ("Q27", "比较同意", None),
        ("Q27", "一部賛成", None),
    ],
)
def test_whole_texts(survey: Survey, key: str, text: str, code: int | None) -> None:
    item = survey.item(key)
    for shape in ("{}", "{}.", "**{}**", "“{}”", "I would say: {}"):
        assert parse(shape.format(text), plain_options(item), "", item).code == code, shape


def test_what_was_shown_comes_before_other_wordings() -> None:
    wordings = (Wording("A?", ("Rarely", "Often")), Wording("B?", ("Never", "Rarely")))
    item = Item("X", "t", (1, 2), "ordinal", {"en": wordings})
    assert known_texts(item)["rarely"] is None
    assert parse("Rarely", plain_options(item), "en", item).code is None
    shown = [Option(1, "1", "Never"), Option(2, "2", "Rarely")]
    assert parse("Rarely", shown, "en", item).code == 2
    assert texts_of(shown, item)["often"] == 2
    assert set(texts_of(shown)) == {"never", "rarely"}


def test_the_codebook_is_of_wvs7_alone(survey: Survey) -> None:
    own = Item("Q27", "t", (1, 2, 3, 4), "ordinal", {"en": (Wording("?", ("a", "b", "c", "d")),)})
    assert codebook_texts(survey.item("Q27"))[1] == ("strongly agree", "agree strongly")
    assert codebook_texts(own) == {}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("I don’t agree.", "i do not agree"),
        ("I can't, won't; it's _not_ me", "i can not will not it is not me"),
        ("dont", "do not"),
        ("Más o menos, ¿no?", "más o menos no"),
        ("不同意。", "不同意"),
        ("important", "important"),
    ],
)
def test_bare(text: str, words: str) -> None:
    assert bare(text) == words
