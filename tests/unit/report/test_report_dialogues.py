"""Dialogues as dialogues: filters without a script, hostile text, judges and people."""

import re
from collections import Counter
from typing import Any

from acculturate.report import render

ATTACK = "</li><script>alert(1)</script>"


def dialogue(number: int, culture: str = "CHN", **more: Any) -> dict[str, Any]:
    return {
        "adapt": "clca",
        "id": f"d-{number}",
        "culture": culture,
        "language": "de",
        "domain": "family",
        "adapted": True,
        "setting": f"Setting {number} {ATTACK}",
        "people": [
            {"name": f"A{ATTACK}", "occupation": "baker", "goal": "g", "secret": "s"},
            {"name": "Lena", "occupation": "pilot", "goal": "g", "secret": "s"},
        ],
        "end": "left",
        "moves": [
            {"speaker": "Lena", "kind": "speak", "text": f"Said {ATTACK}", "intent": "To be kind."},
            {"speaker": "Lena", "kind": "silence", "text": "[says nothing]", "intent": ""},
        ],
        "verdicts": [
            {"question": "fit", "good": True, "confidence": "confident", "probability": 0.81,
             "critique": f"Because {ATTACK}"},
        ],
        "second": [],
        "findings": [],
        "dropped": "",
        "taught": True,
        **more,
    }  # fmt: skip


def rater_row(**more: Any) -> dict[str, Any]:
    return {
        "adapt": "clca", "question": "fit", "left": "judge", "right": f"ana{ATTACK}", "n": 20,
        "table": [[9, 1], [2, 8]], "share": 0.85, "kappa": 0.7, "low": 0.4, "high": 0.9,
        "run_kappa": None, "run_low": None, "run_high": None, "left_good": 0.5, "right_good": 0.55,
        **more,
    }  # fmt: skip


def page_of(metrics: dict[str, Any], **meta: Any) -> str:
    metrics["meta"] |= meta
    return render(metrics)


def test_a_dialogue_is_shown_with_speakers_intents_and_verdicts(metrics: Any) -> None:
    page = page_of(metrics, dialogues=[dialogue(1)])
    assert "To be kind." in page
    assert "fits the culture?" in page
    assert "0.810" in page
    assert "It ended because somebody left." in page
    assert 'lang="de"' in page
    assert "Second judge" not in page


def test_no_text_of_a_model_becomes_markup(metrics: Any) -> None:
    result = [{"place": 0, "kind": "slur", "words": ATTACK}]
    talk = dialogue(1, findings=result, dropped=ATTACK, domain=ATTACK, culture=ATTACK)
    page = page_of(metrics, dialogues=[talk, dialogue(2)], raters=[rater_row()])
    assert page.count("<script") == 1  # the page's own
    assert page.count("&lt;script&gt;") > 5
    (rules,) = re.findall(r'id="dialogues".*?<style>(.*?)</style>', page, re.S)
    assert "script" not in rules


def test_choices_have_a_rule_and_every_dialogue_is_in_each(metrics: Any) -> None:
    talks = [
        dialogue(1),
        dialogue(2, "MEX", domain="work", dropped="fit bad"),
        dialogue(3, "MEX", findings=[{"place": 0, "kind": "slur", "words": "x"}]),
    ]
    page = page_of(metrics, dialogues=talks)
    for name in ("culture-1", "culture-2", "domain-1", "domain-2", "fate-kept", "audit-found"):
        assert f'id="{name}"' in page
        assert f"#{name}:checked" in page
    classes = re.findall(r'<details class="dialogue ([^"]*)"', page)
    assert [names.split()[1:] for names in classes] == [
        ["culture-1", "domain-1", "kept"],
        ["culture-2", "domain-2", "dropped"],
        ["culture-2", "domain-1", "kept", "found"],
    ]
    assert 'id="adapt-1"' not in page  # there is one adaptation only


def test_of_many_the_first_of_every_adaptation_and_culture_are_shown(metrics: Any) -> None:
    talks = [
        dialogue(number, culture, adapt=adapt)
        for adapt in ("large", "self")
        for culture in ("CHN", "MEX")
        for number in range(20)
    ]
    page = page_of(metrics, dialogues=talks)
    said = "There are 80 in all; the first 15 of each culture are here, for each adaptation."
    assert said in page
    classes = re.findall(r'<details class="dialogue (adapt-. culture-.)', page)
    assert Counter(classes) == {
        f"adapt-{adapt} culture-{culture}": 15 for adapt in (1, 2) for culture in (1, 2)
    }


def test_a_dialogue_that_is_kept_and_not_taught_says_so(metrics: Any) -> None:
    page = page_of(metrics, dialogues=[dialogue(1), dialogue(2, taught=False)])
    assert page.count("kept, beyond the share that is taught") == 1


def test_a_second_judge_stands_beside_the_first(metrics: Any) -> None:
    second = [{"question": "fit", "good": False, "confidence": "not sure", "probability": None}]
    page = page_of(metrics, dialogues=[dialogue(1, second=second)])
    assert '<th scope="col">Second judge</th>' in page
    assert "bad <span" in page


def test_the_audit_counts_and_says_where_nobody_asked(metrics: Any) -> None:
    row = {"adapt": "clca", "culture": "CHN", "dialogues": 9, "slur": 1, "generalisation": 2}
    asked = page_of(metrics, dialogues=[dialogue(1)], audit=[{**row, "judged": 8, "biased": 3}])
    assert "3 of 8<" in asked
    unsure = {**row, "judged": 8, "biased": 3, "unsure": 4}
    assert "3 of 8, 4 not sure<" in page_of(metrics, dialogues=[dialogue(1)], audit=[unsure])
    not_asked = page_of(metrics, audit=[{**row, "judged": 0, "biased": 0}])
    assert "not asked" in not_asked


def test_agreement_stands_with_its_table_and_prevalence(metrics: Any) -> None:
    page = page_of(metrics, dialogues=[dialogue(1)], raters=[rater_row(), rater_row(kappa=None)])
    assert "0.700" in page
    assert "[0.400, 0.900]" in page
    assert "50.0%, 55.0%" in page
    assert "weighs it to all dialogues" not in page
    assert "There is no kappa where" in page
    assert "too few dialogues" not in page
    assert "too few dialogues" in page_of(metrics, raters=[rater_row(few=True)])
    weighed = rater_row(run_kappa=0.65, run_low=0.3, run_high=0.8)
    assert "weighs it to all dialogues" in page_of(metrics, raters=[weighed])
