"""What is read out of a prompt, by the cases of views.toml, and how dialogues go round."""

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from acculturate.clca import ClcaSettings, RoleplayStage, Scenario
from acculturate.clca.descriptors import describe
from acculturate.clca.play.dialogue import Dialogue, Utterance
from acculturate.clca.play.repeats import repeats_another
from acculturate.clca.play.rules import fault_of
from acculturate.clca.play.views import READS_OUT, View
from acculturate.clca.scenarios.scenario import Character, fill
from acculturate.clca.scenarios.situations import load_situations
from acculturate.culture import find_culture
from acculturate.engines.mock import MockEngine

from .conftest import Carry, Talk

TREE = tomllib.loads((Path(__file__).parent / "views.toml").read_text(encoding="utf-8"))
LINES = [
    pytest.param(language, line, kind == "reads", id=f"{language} {kind} {line[:30]}")
    for language, own in TREE.items()
    for kind in ("reads", "plays")
    for line in own[kind]
]


def told_in(language: str) -> Scenario:
    own = TREE[language]
    return Scenario(
        id=f"told/{own['culture']}/{language}/1",
        situation="told",
        variant=0,
        domain="test",
        culture=own["culture"],
        language=language,
        setting=own["setting"],
        tension="",
        first=Character(**own["first"]),
        second=Character(**own["second"]),
        adapted=True,
    )


def view_in(language: str, side: int = 0) -> View:
    culture = find_culture(TREE[language]["culture"])
    described = describe(culture, language)
    return View.of(told_in(language), side, culture.named(language), language, described)


@pytest.mark.parametrize(("language", "line", "read"), LINES)
def test_what_reads_the_prompt_out_is_told_from_what_plays_it(
    language: str, line: str, read: bool
) -> None:
    assert view_in(language).read_out(line) is read


@pytest.mark.parametrize("language", TREE)
def test_what_the_other_was_told_is_no_reading_out(language: str) -> None:
    own = TREE[language]["second"]
    for part in ("goal", "secret"):
        assert not view_in(language).read_out(own[part])
        assert view_in(language, 1).read_out(own[part]) or len(own[part].split()) < 8


@pytest.mark.parametrize("language", TREE)
def test_what_the_other_said_before_may_be_taken_up(language: str) -> None:
    goal = TREE[language]["first"]["goal"]
    assert view_in(language).read_out(goal)
    assert not view_in(language).read_out(goal, heard=[goal])


def test_long_goals_of_every_situation_are_known_when_they_are_read_out() -> None:
    culture = find_culture("USA")
    asked = result = others = 0
    for situation in load_situations().values():
        scenario = fill(situation, culture, "en", 0, 1)
        names = {word for who in scenario.pair for word in who.name.split()}
        for side in (0, 1):
            view = View.of(scenario, side, "the United States", "en", describe(culture, "en"))
            own, other = scenario.pair[side], scenario.pair[1 - side]
            for text in (f"My goal is {own.goal.lower()}", f"I {own.secret.lower()}"):
                if sum(part.capitalize() not in names for part in text.split()) > 7:
                    asked, result = asked + 1, result + view.read_out(text)
            others += view.read_out(f"You want {other.goal.lower()}")
    assert asked > 150
    assert result >= 0.95 * asked
    assert others == 0


def test_a_long_run_of_the_prompt_is_read_out_whatever_it_says() -> None:
    assert view_in("en").read_out("Leave when you have what you want or clearly will not get it.")
    assert not view_in("en").read_out("You have what you want.")


def test_a_move_that_reads_the_prompt_out_is_asked_again(
    carry: Carry, scenarios: Callable[..., tuple[Scenario, ...]]
) -> None:
    lines = iter(["What you want: GOAL", "Good day to you.", "[leaves]"])
    stage = RoleplayStage(scenarios(), ClcaSettings())
    result = stage.collect(carry(stage, MockEngine(lambda _: next(lines))))
    assert [drop.reason for drop in result.drops] == [READS_OUT]
    assert result.yields[0].lost == {READS_OUT: 1}
    assert result.dialogues[0].end == "left"


@pytest.mark.parametrize("language", TREE)
def test_a_dialogue_that_reads_its_prompt_out_is_dropped(language: str) -> None:
    own = TREE[language]
    culture = find_culture(own["culture"])

    def fault(line: str) -> str:
        said = [*own["plays"][:3], line]
        moves = tuple(Utterance(at % 2, "speak", text) for at, text in enumerate([line, *said]))
        described = describe(culture, language)
        return fault_of(Dialogue("d#1", told_in(language), language, described, moves, "limit"))

    for line in own["reads"][:3]:
        assert fault(line) == READS_OUT
    assert fault("OK.") == ""


@pytest.mark.parametrize(
    "moves",
    [
        [("act", "nods slowly")] * 6 + ["Good day to you.", "And to you as well, my dear."],
        ["Thank you for all your help, Lena.", "Thank you for all your help, Jonas."] * 2,
        ["I like it here. You are kind.", "You are kind to me too. I like it here very much."] * 3,
        ["So so so so so so so so so so.", "I see what you mean by that."],
        [
            "You are very kind to me. Have a great day today.",
            "Have a great day today. It was nice to see you.",
            "It was nice to see you. You are very kind to me.",
            "Have a great day today. You are very kind to me.",
        ],
        [
            "I have been working here for 19 years now. Where do you come from, if I may ask?",
            "From a small village near the coast, where my uncle builds boats of oak.",
            "I have been working here for 20 years now. Boats must be hard to build in winter.",
            "They are, because the wood has to be dry before it can be bent.",
            "I have been working here for 25 years now. I have never been on the sea at all.",
            "Then come with us one day, when the weather is fine and the water calm.",
        ],
    ],
)
def test_dialogues_that_go_round_are_repetitive(talk: Talk, moves: list[str]) -> None:
    assert fault_of(talk(*moves)) == "repetitive"


def test_a_move_that_is_nearly_one_before_says_nothing_new() -> None:
    names, earlier = ("Ana", "Luis"), ["I saw the long ladder in the yard behind our house, Luis."]
    again = "I saw the long ladder in the yard behind your house, Ana."
    assert repeats_another(again, earlier, names, 0.8)
    assert not repeats_another(again, earlier, names, 1.0)
