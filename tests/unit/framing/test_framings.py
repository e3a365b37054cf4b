"""The shipped framings in every language, their combinations, and framings of one's own."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from acculturate.culture import cultures, find_culture
from acculturate.errors import ConfigError, SurveyError
from acculturate.framing import Backdrop, Framing, Persona, ShownExample, find_framing
from acculturate.prompts import prompt_names
from acculturate.survey import load_survey

LANGUAGES = ("en", "zh", "de", "ja", "es")
NAMES = (
    "unaware",
    "aware",
    "country",
    "cross-culture",
    "self-alignment",
    "third-person",
    "persona",
    "group",
)
COMBINED = (
    "aware+self-alignment",
    "cross-culture+self-alignment",
    "persona+self-alignment",
    "aware+persona",
    "persona+cross-culture",
    "third-person+self-alignment",
)
BEHIND = Backdrop(load_survey())
ANNA = Persona("p1", "NLD", {"sex": "female", "age": "34"})
SHOWN = (
    ShownExample("How is tea?\n1. Good\n2. Bad", "2", "Bad"),
    ShownExample("And coffee?\n1. Good\n2. Bad", "1", "Good"),
)
each_language = pytest.mark.parametrize("language", LANGUAGES)
each_wording = pytest.mark.parametrize("wording", range(3))


def framing(name: str, language: str = "en", wording: int = 0, survey: str = "") -> Framing:
    return find_framing(name, language, wording, survey=survey, backdrop=BEHIND)


def text(one: Framing, code: str = "NLD") -> str:
    persona = ANNA if one.needs_persona else None
    culture = find_culture(code)
    if one.phrases:
        traits = (("sex", "female"), ("age_band", "30-39"))
        culture = replace(culture, code=f"{code}-female-30-39", of=code, traits=traits)
    around = one.around(culture, persona, SHOWN if one.needs_examples else ())
    return "\n\n".join(filter(None, around))


def test_all_framings_are_listed() -> None:
    assert set(prompt_names("framing")) == set(NAMES)


@each_language
@each_wording
@pytest.mark.parametrize("name", [*NAMES, *COMBINED])
def test_framings_fill_in_every_language(name: str, language: str, wording: int) -> None:
    one = framing(name, language, wording)
    said = text(one)
    assert not re.search(r"[{}]|  |\n\n\n| [.,;]|\(\)|（）|None|Undefined", said)
    if language in ("zh", "ja"):
        bare = said
        for example in SHOWN:
            bare = bare.replace(example.question, "")
        assert not re.search(r"[A-Za-z]", bare)
    else:
        assert re.search(r"[.?!:]$|: \d$|\n\n[^:]+: [^:]+$", said)
    by_name = {"culture", "similar", "different", *(["group"] if language != "en" else [])}
    assert (find_culture("NLD").named(language) in said) == bool(one.needs & by_name)
    assert ("a Dutch woman in her thirties" in said) == (name == "group" and language == "en")


@each_language
@pytest.mark.parametrize("name", NAMES)
def test_wordings_and_languages_differ(name: str, language: str) -> None:
    said = {text(framing(name, language, wording)) for wording in range(3)}
    assert len(said) == 3
    if language != "en":
        english = {text(framing(name, "en", wording)) for wording in range(3)}
        assert not said & english


@each_language
@each_wording
@pytest.mark.parametrize("name", NAMES)
def test_the_survey_is_named_in_the_language_where_asked(
    name: str, language: str, wording: int
) -> None:
    spoken = {"zh": "世界价值观调查", "ja": "世界価値観調査", "es": "Encuesta Mundial de Valores"}
    title = spoken.get(language, "World Values Survey")
    named = text(framing(name, language, wording, "the World Values Survey"))
    assert title in named
    assert title not in text(framing(name, language, wording))
    assert "S7" in text(framing(name, language, wording, "S7"))


@each_language
@each_wording
def test_cross_culture_is_aware_and_names_the_neighbours(language: str, wording: int) -> None:
    similar, different = BEHIND.neighbours("NLD")
    said = text(framing("cross-culture", language, wording))
    assert said.startswith(text(framing("aware", language, wording)))
    names = [culture.named(language) for culture in (*similar, *different)]
    assert len(set(names)) == 6
    # each in its place: the similar ones before the different ones, in order
    places = [said.rindex(name) for name in names]
    assert places == sorted(places)


@each_language
@each_wording
def test_self_alignment_alone_says_no_culture(language: str, wording: int) -> None:
    said = text(framing("self-alignment", language, wording))
    assert said.startswith(text(framing("unaware", language, wording)))
    for example in SHOWN:
        assert re.search(rf"{re.escape(example.question)}\n.+[:：] ?{example.label}\n?", said)
    assert text(framing("self-alignment", language, wording), "CHN") == said


@each_language
@each_wording
@pytest.mark.parametrize("first", ["aware", "cross-culture", "persona", "third-person"])
def test_a_second_part_does_not_begin_anew(first: str, language: str, wording: int) -> None:
    """What asks for an answer stands once: in the first part."""
    alone, joined = framing(first, language, wording), f"{first}+self-alignment"
    said = text(framing(joined, language, wording))
    assert said.startswith(text(alone) + "\n\n")
    assert text(framing("unaware", language, wording)) not in said
    tail = text(framing("self-alignment", language, wording)).removeprefix(
        text(framing("unaware", language, wording))
    )
    assert said == text(alone) + tail


@each_language
@each_wording
def test_a_persona_after_another_part_only_adds_facts(language: str, wording: int) -> None:
    joined = text(framing("aware+persona", language, wording))
    added = joined.removeprefix(text(framing("aware", language, wording)) + "\n\n")
    assert added != joined
    told = "34"
    assert told in added
    assert find_culture("NLD").named(language) not in added


@each_language
def test_third_person_prompts_name_every_territory(language: str) -> None:
    for wording in range(3):
        one = framing("third-person", language, wording)
        said = {one.system(culture) for culture in cultures().values()}
        assert len(said) == len(cultures())


@pytest.mark.parametrize(
    ("language", "code", "said"),
    [
        ("de", "USA", "aus den USA"),
        ("de", "PHL", "von den Philippinen"),
        ("de", "TUR", "aus der Türkei"),
        ("es", "USA", "de los Estados Unidos"),
        ("es", "SLV", "de El Salvador"),
    ],
)
def test_a_territory_stands_in_its_sentence_as_people_say_it(
    language: str, code: str, said: str
) -> None:
    other = [find_culture("IDN"), find_culture(code)]
    for part in (framing("aware", language).parts[0], framing("cross-culture", language).parts[0]):
        text = part.fill(
            culture=find_culture(code), similar=other, different=other, first=True, survey=""
        )
        assert said in text


# -- what a framing needs -----------------------------------------------------------------------


def test_needs_are_read_from_the_templates() -> None:
    result = {
        name: (one.needs_culture, one.needs_examples, one.needs_persona)
        for name in NAMES
        for one in [framing(name)]
    }
    assert result == {
        "unaware": (False, False, False),
        "aware": (True, False, False),
        "country": (True, False, False),
        "cross-culture": (True, False, False),
        "self-alignment": (True, True, False),
        "third-person": (True, False, False),
        "persona": (True, False, True),
        "group": (True, False, False),
    }


def test_a_framing_of_ones_own_gets_what_it_names(tmp_path: Path) -> None:
    folder = tmp_path / "neighbourly"
    folder.mkdir()
    (folder / "en.1.jinja").write_text(
        "{{ persona.traits.age }} {{ similar[0].name }} {{ different[0].code }} "
        "{{ examples[0].text }} {{ persona.text }}"
    )
    one = find_framing("neighbourly", folders=[tmp_path], backdrop=BEHIND)
    assert one.needs_culture
    said = one.system(find_culture("USA"), ANNA, SHOWN)
    assert said == "34 Canada ETH Bad You are a woman. You are 34 years old."
    assert "names the cultures" in one.discloses
    assert "most people of the culture" in one.discloses


def test_what_a_framing_lacks_is_told() -> None:
    german = find_culture("DEU")
    with pytest.raises(SurveyError, match="speaks of a culture"):
        framing("self-alignment").system(None, None, SHOWN)
    with pytest.raises(SurveyError, match="draws on people's answers"):
        find_framing("cross-culture").system(german)
    with pytest.raises(SurveyError, match="shows answered items"):
        framing("self-alignment").system(german)
    with pytest.raises(SurveyError, match="speaks for a respondent"):
        framing("persona").system(german)
    with pytest.raises(SurveyError, match="no people's answers for 'JPN'"):
        framing("cross-culture").system(find_culture("JPN"))
    with pytest.raises(ConfigError, match="Did you mean 'cross-culture'"):
        framing("crossculture")


def test_what_is_disclosed_is_said_and_nothing_else() -> None:
    assert [name for name in NAMES if framing(name).discloses] == [
        "cross-culture",
        "self-alignment",
    ]
    assert "'aware+self-alignment' shows" in framing("aware+self-alignment").discloses


def test_digests_name_every_file_that_decides(tmp_path: Path) -> None:
    digests = {framing(name, tag).digest for name in NAMES for tag in LANGUAGES}
    assert len(digests) == len(NAMES) * len(LANGUAGES)
    (tmp_path / "traits").mkdir()
    (tmp_path / "traits" / "en.toml").write_text('[other]\nany = "{name} {}"\n')
    own = find_framing("persona", folders=[tmp_path])
    assert own.digest != framing("persona").digest


# -- languages ----------------------------------------------------------------------------------


def test_a_narrower_tag_is_met_with_a_wider_one(tmp_path: Path) -> None:
    wide, narrow = framing("aware", "zh"), framing("aware", "zh-Hans-CN")
    assert narrow.language == "zh-Hans-CN"
    assert text(wide) == text(narrow)
    folder = tmp_path / "aware"
    folder.mkdir()
    (folder / "zh-Hans.1.jinja").write_text("简体 {{ culture.named('zh-Hans') }}")
    own = find_framing("aware", "zh-hans-CN", folders=[tmp_path])
    assert own.system(find_culture("NLD")) == "简体 荷兰"
    # a user's wider file does not stand before a narrower one, nor a narrower one for a wider tag
    assert find_framing("aware", "zh", folders=[tmp_path]).parts[0].source == wide.parts[0].source
    with pytest.raises(ConfigError, match="not in the language 'xx-XX': it is in "):
        framing("aware", "xx-XX")


def test_a_culture_with_a_name_alone_is_told_what_to_add() -> None:
    ruritania = replace(find_culture("DEU"), code="RUR", name="Ruritania", demonym="")
    assert "Ruritania" in framing("aware", "en", 1).system(ruritania)
    with pytest.raises(SurveyError, match=r"needs the demonym of Ruritania: give `demonym` under"):
        framing("aware", "en", 0).system(ruritania)


@each_language
@each_wording
def test_country_names_the_culture_behind_the_question_alone(language: str, wording: int) -> None:
    one = framing("country", language, wording)
    system, behind = one.around(find_culture("NLD"))
    name = find_culture("NLD").named(language)
    assert name not in system
    assert behind.endswith(name)
    assert one.system(find_culture("NLD")) == system == one.system(find_culture("CHN"))
    assert one.ends_with_culture


@pytest.mark.parametrize("name", ["aware", "unaware", "cross-culture", "aware+country"])
def test_other_framings_do_not_end_with_the_culture(name: str) -> None:
    assert not framing(name).ends_with_culture
