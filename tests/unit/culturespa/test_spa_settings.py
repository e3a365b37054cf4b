import pytest
from pydantic import ValidationError

from acculturate.asking import AnswerSettings
from acculturate.culturespa import CultureSpaSettings
from acculturate.culturespa.culturespa_settings import QuestionSettings
from acculturate.culturespa.rulebook import encoder_of


def test_the_published_preset_sets_what_the_paper_does() -> None:
    own = CultureSpaSettings(preset="published")
    assert (own.questions.per_topic, own.questions.max_tokens) == (1000, 256)
    assert (own.questions.temperature, own.questions.top_p) == (0.9, 0.95)
    assert (own.questions.survey_items, own.questions.generated) == (3, 2)
    assert (own.answering.kind, own.answering.orders) == ("sampled", "forward")
    assert (own.answering.temperature, own.answering.top_p) == (0.6, 0.9)
    assert not own.questions.bound
    assert (own.questions.rules, own.questions.leaks) == ("published", "keep")
    assert own.shifts.select == "published"


def test_what_is_given_stands_above_the_preset() -> None:
    given = {"preset": "published", "questions": {"per_topic": 3}, "shifts": {"select": "top"}}
    own = CultureSpaSettings.model_validate(given)
    assert (own.questions.per_topic, own.questions.max_tokens) == (3, 256)
    assert own.shifts.select == "top"


def test_settings_survive_being_written_and_read() -> None:
    for own in (CultureSpaSettings(), CultureSpaSettings(preset="published")):
        assert CultureSpaSettings.model_validate(own.model_dump()) == own


@pytest.mark.parametrize(
    "given",
    [
        {"presets": "published"},
        {"preset": "publised"},
        {"questions": {"per_topics": 3}},
        {"questions": {"per_topic": 0}},
        {"questions": {"survey_items": 0, "generated": 0}},
        {"answering": {"kind": "expectd"}},
        {"shifts": {"quantity": 1.5}},
        {"shifts": {"gain": -1}},
        {"questions": 3},
    ],
)
def test_what_does_not_fit_is_refused(given: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        CultureSpaSettings.model_validate(given)


def test_answers_take_kind_and_orders_from_here_and_the_rest_from_the_study() -> None:
    study = AnswerSettings(labels="letters", name_survey=True, kind="sampled", orders="forward")
    own = CultureSpaSettings(seed=7).answers(study)
    assert (own.kind, own.orders, own.seed) == ("expected", "balanced", 7)
    assert (own.labels, own.name_survey) == ("letters", True)


def test_leaks_are_told_by_the_packaged_encoder_unless_words_and_letters_are_named() -> None:
    for given in ({"encoder": ""}, {"encoder": "letters"}):
        assert encoder_of(CultureSpaSettings.model_validate({"questions": given}).questions) is None
    unsaid = CultureSpaSettings()
    assert unsaid.questions.encoder == "minilm"
    assert encoder_of(unsaid.questions) is not None


def test_the_earlier_name_of_a_setting_is_read() -> None:
    assert QuestionSettings.model_validate({"seeds": 1}) == QuestionSettings(survey_items=1)
