"""Survey taking: what is asked, of whom, and what comes back."""

import itertools
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from acculturate.asking import AnswerSettings
from acculturate.asking.conversation import Single
from acculturate.engines.mock import MockEngine
from acculturate.errors import SurveyError
from acculturate.evaluation.individual_scores import individual_scores
from acculturate.evaluation.personas import individual_tables
from acculturate.evaluation.survey_taking import SurveyTaking
from acculturate.executors import work
from acculturate.framing import BackdropSettings
from acculturate.records import Answer, GenerateRequest, Reply, Request
from acculturate.runner import cut
from acculturate.survey import Survey, load_survey
from acculturate.survey.fictitious import fictitious_survey

ITEMS = ("Q1", "Q2", "Q45", "Q8")
FICTITIOUS = fictitious_survey(400, cultures=["DEU", "CHN", "MEX"], items=[*ITEMS, "Q3"])


def taking(
    framing: str,
    settings: AnswerSettings | None = None,
    survey: Survey = FICTITIOUS,
    cultures: Sequence[str] = ("DEU", "CHN"),
) -> SurveyTaking:
    return SurveyTaking.of("arm", survey, ITEMS, cultures, framing, settings or AnswerSettings())


def carried(stage: SurveyTaking, engine: MockEngine) -> list[Answer]:
    have: dict[str, Reply] = {}
    for todo in stage.rounds(lambda role, request: None):
        for batch in cut(todo.requests, 64, 64):
            have.update((request.id, reply) for request, reply in work(engine, batch))
    return list(stage.answers(lambda role, request: have.get(request.id)))


@pytest.mark.parametrize("kind", ["expected", "sampled", "stated"])
@pytest.mark.parametrize("which", ["forward", "balanced", "random"])
@pytest.mark.parametrize(
    "framing",
    ["unaware", "aware", "cross-culture", "self-alignment", "persona+self-alignment"],
)
def test_as_many_are_asked_as_are_counted(framing: str, which: str, kind: str) -> None:
    settings = AnswerSettings.model_validate(
        {
            "kind": kind,
            "orders": which,
            "samples": 2,
            "random_orders": 1,
            "wordings": 2,
            "framing_wordings": 3,
            "languages": ["en", "de"],
            "backdrop": {"persons": 3},
        }
    )
    stage = taking(framing, settings)
    result = list(stage.requests())
    assert len(result) == stage.total
    if framing != "self-alignment":  # two cultures with the same modal answers share a prompt
        assert len({request.id for request in result}) == stage.total


def test_prompts_of_a_person_stand_together_and_answers_say_whose_they_are() -> None:
    settings = AnswerSettings(orders="forward", backdrop=BackdropSettings(persons=5))
    stage = taking("persona", settings)
    answers = carried(
        stage,
        MockEngine(
            lambda request: (
                [0.4, 0.3, 0.2, 0.1][: len(request.labels)]
                if not isinstance(request, GenerateRequest)
                else "1"
            )
        ),
    )
    assert [answer.respondent for answer in answers] == [
        persona.id for code in ("DEU", "CHN") for persona in stage.personas[code] for _ in ITEMS
    ]
    assert {answer.culture for answer in answers} == {"DEU", "CHN"}
    systems = [request.messages[0].text for request in stage.requests()]
    changes = sum(left != right for left, right in itertools.pairwise(systems))
    assert changes == 9


def test_answers_of_personas_are_what_the_individual_level_reads() -> None:
    stage = taking("persona", AnswerSettings(backdrop=BackdropSettings(persons=8)))
    answers = carried(stage, MockEngine.named("noise"))
    people = FICTITIOUS.respondents
    assert people is not None
    ids = {answer.respondent for answer in answers}
    given = {person.id: person.answers for person in people.find(ids)}
    tables = individual_tables(answers, given, FICTITIOUS, arm="persona")
    assert [len(table.respondents) for table in tables] == [8, 8]
    assert any(row.metric == "individual_hard_accuracy" for row in individual_scores(tables))


def test_the_seed_decides_who_is_drawn() -> None:
    def drawn(seed: int) -> list[str]:
        settings = AnswerSettings(seed=seed, backdrop=BackdropSettings(persons=10))
        return [persona.id for persona in taking("persona", settings).personas["DEU"]]

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)


def test_stated_answers_are_read_as_shares() -> None:
    settings = AnswerSettings(kind="stated", orders="forward")
    stage = SurveyTaking.of("arm", FICTITIOUS, ["Q1"], ["DEU"], "third-person", settings)
    [todo] = stage.requests()
    assert isinstance(todo, GenerateRequest)
    assert todo.sampling.max_tokens == settings.stated_tokens
    assert "100" in todo.messages[0].text
    [read] = carried(stage, MockEngine(["1: 70\n2: 20\n3: 10\n4: 0"]))
    assert read.kind == "stated"
    assert read.probabilities == pytest.approx((0.7, 0.2, 0.1, 0))
    [refused] = carried(stage, MockEngine(["I cannot say."]))
    assert refused.refused


def test_everything_that_decides_a_prompt_changes_its_key() -> None:
    def keys(framing: str, **backdrop: object) -> set[str]:
        settings = AnswerSettings.model_validate({"backdrop": backdrop})
        survey = load_survey()
        stage = SurveyTaking.of("arm", survey, ["Q1", "Q57"], ["USA"], framing, settings)
        return {request.id for request in stage.requests()}

    assert keys("cross-culture") == keys("cross-culture")
    assert not keys("cross-culture") & keys("cross-culture", neighbours=2)
    assert not keys("cross-culture") & keys("cross-culture", distance="published")
    assert not keys("self-alignment") & keys("self-alignment", examples=4)
    assert not keys("self-alignment") & keys("self-alignment", example_items="Q2,Q3,Q4,Q58,Q59,Q60")
    assert keys("aware") == keys("aware", examples=4)


def test_what_a_framing_discloses_can_be_said() -> None:
    assert "has seen a part" in taking("aware+self-alignment").discloses
    assert taking("aware").discloses == ""


def test_what_cannot_be_asked_is_told_before_anything_is() -> None:
    with pytest.raises(SurveyError, match="no respondents"):
        taking("persona", survey=load_survey())
    with pytest.raises(SurveyError, match="no people's answers for 'JPN'"):
        taking("self-alignment", survey=load_survey(), cultures=["JPN"])
    with pytest.raises(SurveyError, match="at least two other cultures"):
        taking(
            "cross-culture",
            survey=fictitious_survey(50, cultures=["DEU"], items=ITEMS),
            cultures=["DEU"],
        )
    settings = AnswerSettings(backdrop=BackdropSettings(traits=("shoe_size",)))
    with pytest.raises(SurveyError, match="no demographic 'shoe_size'"):
        taking("persona", settings)


@pytest.mark.parametrize(
    ("items", "settings", "said"),
    [
        ("attitudes", {"languages": ("de",)}, r"210 of 254 items have no wording in 'de' \(Q42, "),
        ("attitudes", {"languages": ("de",)}, r"such as Q1, Q2, Q3, Q4, Q5, Q6 \(44 of the surve"),
        (
            ["Q1"],
            {"wordings": 9},
            r"1 of 1 items have fewer than 9 wordings in 'en' \(Q1\): ask for",
        ),
    ],
)
def test_what_has_no_wording_is_told_with_what_has(
    items: str | list[str], settings: dict[str, Any], said: str
) -> None:
    with pytest.raises(SurveyError, match=said):
        SurveyTaking.of(
            "arm", load_survey(), items, ["DEU"], "aware", AnswerSettings.model_validate(settings)
        )


def test_a_narrower_tag_is_asked_in_the_wider_language() -> None:
    stage = taking("persona+self-alignment", AnswerSettings(languages=("zh-Hans",)))
    one = next(stage.requests())
    assert "您" in one.messages[1].text or "你" in one.messages[1].text
    conversation = next(stage.conversations())
    assert isinstance(conversation, Single)
    assert conversation.ask.presentation.language == "zh-Hans"


def test_a_request_is_what_the_engine_gets() -> None:
    seen: list[Request] = []

    def say(request: Request) -> list[float]:
        seen.append(request)
        return [0.5, 0.5] if len(request.labels) == 2 else [0.25] * len(request.labels)  # type: ignore[union-attr]

    stage = taking("cross-culture")
    carried(stage, MockEngine(say))
    assert {request.id for request in seen} == {request.id for request in stage.requests()}


@pytest.mark.parametrize(
    ("framing", "presentation"),
    [
        *itertools.product(("unaware", "aware", "country", "persona"), ("single", "battery")),
        ("self-alignment", "single"),
    ],
)
def test_requests_begin_in_the_middle_as_they_go_on(framing: str, presentation: str) -> None:
    settings = AnswerSettings.model_validate(
        {
            "kind": "sampled",
            "samples": 3,
            "wordings": 2,
            "languages": ["en", "de"],
            "presentation": presentation,
            "backdrop": {"persons": 2},
        }
    )
    stage = taking(framing, settings)
    every = [request.id for request in stage.first_requests()]
    assert len(every) == stage.held
    for start in (1, 2, 7, len(every) // 2, len(every) - 1, len(every), len(every) + 5):
        assert [request.id for request in stage.first_requests(start)] == every[start:]


def test_a_digest_names_all_that_decides_the_requests() -> None:
    base = taking("aware")
    others = [
        taking("unaware"),
        taking("aware", AnswerSettings(kind="sampled")),
        taking("aware", cultures=("CHN", "DEU")),
        taking("aware", survey=replace(FICTITIOUS, fingerprint="other data")),
        replace(base, items=base.items[:2]),
        taking("persona"),
        taking("persona", AnswerSettings(seed=7)),
    ]
    digests = [stage.digest for stage in (base, *others)]
    assert len(set(digests)) == len(digests)
    assert taking("aware").digest == base.digest
