"""Replies of judges in every form, and what a person reads in them: never more than is stated."""

import pytest

from acculturate.clca.judgement import read_good, read_judgement

VERY, SURE, UNSURE = "very confident", "confident", "not sure"
Right = tuple[bool | None, str | None]

ENGLISH: list[tuple[str, Right]] = [
    # labels, on one line and on several
    ("Verdict: bad, Confidence: very confident, Critique: too long", (False, VERY)),
    ("Verdict: bad; confidence: very confident.", (False, VERY)),
    ("Verdict: bad - Confidence: confident - Critique: flat", (False, SURE)),
    ("Verdict - bad, confidence - not sure", (False, UNSURE)),
    ("Verdict: good. Confidence: confident. Critique: They listen.", (True, SURE)),
    ("**Verdict:** bad\n**Confidence:** very confident\n**Critique:** flat", (False, VERY)),
    ("**Verdict**: **good** **Confidence**: **not sure**", (True, UNSURE)),
    ("### Verdict\nbad\n\n### Confidence\nvery confident\n\n### Critique\nflat", (False, VERY)),
    ("1. Verdict: good\n2. Confidence: very sure\n3. Critique: lively", (True, VERY)),
    ("- good\n- very confident\n- They talk as neighbours do.", (True, VERY)),
    ("Bad\nVery confident\nIt repeats itself.", (False, VERY)),
    ("bad, very confident, they only repeat themselves", (False, VERY)),
    ("good (confident)", (True, SURE)),
    ("Verdict: bad (very confident)", (False, VERY)),
    ("Confidence: confident\nCritique: They listen.\nVerdict: good", (True, SURE)),
    ("Verdict = bad | Confidence = confident", (False, SURE)),
    ("Verdict (good or bad): bad\nConfidence (very confident, confident or not sure): confident",
     (False, SURE)),
    ("My final verdict: bad. Confidence level: very confident.", (False, VERY)),
    ("<verdict>bad</verdict><confidence>not sure</confidence>", (False, UNSURE)),
    ("<think>It may be good.</think>Verdict: bad\nConfidence: confident", (False, SURE)),
    ("<think>Verdict: good\nConfidence: confident", (None, None)),
    # tables
    ("| Verdict | Confidence | Critique |\n|---|---|---|\n| bad | very confident | flat |",
     (False, VERY)),
    ("| Verdict | good |\n| Confidence | not sure |\n| Critique | short |", (True, UNSURE)),
    ("| **Confidence** | **Verdict** |\n| --- | --- |\n| confident | bad |", (False, SURE)),
    ("verdict,confidence,critique\nbad,very confident,flat", (False, VERY)),
    ("| Verdict | Confidence |\n|---|---|\n| good | confident |\n| bad | confident |",
     (None, SURE)),
    # objects, and what is nearly one
    ('{"verdict": "bad", "confidence": "very confident", "critique": "flat"}', (False, VERY)),
    ("{'verdict': 'bad', 'confidence': 'confident'}", (False, SURE)),
    ('{verdict: bad, confidence: very confident, critique: "flat"', (False, VERY)),
    ('{"verdict": "bad" "confidence": "very_confident"}', (False, VERY)),
    ('"verdict": "good",\n"confidence": "not sure"', (True, UNSURE)),
    ('{"result": {"verdict": "bad", "confidence": "confident"}}', (False, SURE)),
    ('{"verdict": "good", "confidence": 0.9}', (True, None)),
    ('{"verdict": ["good", "bad"], "confidence": "confident"}', (None, SURE)),
    ('{"verdict": "good"}\n{"verdict": "bad"}', (None, None)),
    ('{"critique": "A verdict: bad would be harsh.", "verdict": "good", "confidence": "confident"}',
     (True, SURE)),
    # sentences
    ("I would rate this good, and I am very confident.", (True, VERY)),
    ("I'd say this is a bad dialogue because it repeats itself.", (False, None)),
    ("I am very confident that this is bad.", (False, VERY)),
    ("In my opinion, the dialogue is good. I am not sure.", (True, UNSURE)),
    ("The dialogue is bad; I'm quite sure.", (False, SURE)),
    ("Overall, this conversation is good, although the end is short.", (True, None)),
    ("My verdict is bad and my confidence is very confident.", (False, VERY)),
    ("Good dialogue with natural turns.", (True, None)),
    ("Verdict: The dialogue is good.\nConfidence: I am confident.", (True, SURE)),
    ("Verdict: Bad, because nobody answers.\nConfidence: extremely confident", (False, VERY)),
    # confidence that is no level, and levels that are turned
    ("Verdict: bad\nConfidence: 90%", (False, None)),
    ("Verdict: bad\nConfidence: 8/10", (False, None)),
    ("Bad. I am 95% confident.", (False, None)),
    ("Verdict: bad", (False, None)),
    ("Verdict: bad\nConfidence: confident or very confident", (False, None)),
    ("Verdict: bad\nConfidence: not very confident", (False, UNSURE)),
    ("Verdict: good\nConfidence: not really sure", (True, UNSURE)),
    ("Verdict: good\nConfidence: not confident at all", (True, UNSURE)),
    ("Verdict: good\nConfidence: uncertain", (True, UNSURE)),
    ("Verdict: good\nConfidence: very uncertain", (True, UNSURE)),
    ("Verdict: good\nConfidence: very confident (95%)", (True, VERY)),
    ("Verdict: bad\nConfidence: not sure\nConfidence: very confident", (False, None)),
    ("Verdict: good\nCritique: Lena is confident and very sure of herself.", (True, None)),
    # negated
    ("Verdict: not good\nConfidence: confident", (False, SURE)),
    ("Verdict: not a good dialogue\nConfidence: confident", (False, SURE)),
    ("This isn't a good dialogue.", (False, None)),
    ("I don't think this is good.", (False, None)),
    ("Verdict: not bad\nConfidence: confident", (None, SURE)),
    ("Verdict: not bad, actually good\nConfidence: confident", (True, SURE)),
    ("The dialogue is not bad.", (None, None)),
    ("Verdict: neither good nor bad", (None, None)),
    ("Verdict: not only good but lively\nConfidence: confident", (True, SURE)),
    ("No doubt bad. Very confident.", (False, VERY)),
    # the choice itself, both, or none
    ("Verdict: good or bad\nConfidence: very confident, confident or not sure", (None, None)),
    ("Verdict: good/bad\nConfidence: confident", (None, SURE)),
    ("Verdict: [good | bad]", (None, None)),
    ("Verdict: good or bad\nConfidence: very confident, confident or not sure\n"
     "Verdict: bad\nConfidence: confident", (False, SURE)),
    ("Is it good or bad? I would say bad.", (False, None)),
    ("Verdict: good in parts, bad in others", (None, None)),
    ("Verdict: good and bad", (None, None)),
    ("Is this a good dialogue?", (None, None)),
    ("It is good if they do, and bad if what they say would seem strange there.", (None, None)),
    ("The dialogue would be good if it were longer.", (None, None)),
    ("Verdict: neutral\nConfidence: confident", (None, SURE)),
    ("Verdict: 8/10", (None, None)),
    ("7", (None, None)),
    ("Good morning, Lena, how are you?", (None, None)),
    ('Lena: "Good. I will come."', (None, None)),
    ("It is good that he asked her.", (None, None)),
    ("Lena has a good reason to be sure.", (None, None)),
    ("I am not sure whether this is good.", (None, None)),
    ("I cannot say.", (None, None)),
    # taken back
    ("Verdict: good. Confidence: very confident. On second thought, bad.", (False, None)),
    ("Verdict: good\nConfidence: confident\nOn second thought: bad, not sure.", (False, UNSURE)),
    ("Good - no, bad. Confident.", (False, SURE)),
    ("Verdict: good\nFinal verdict: bad\nConfidence: confident", (False, SURE)),
    ("The start is quick. At first good, in the end bad. I am confident.", (False, SURE)),
    ("Verdict: good\nVerdict: bad\nConfidence: confident", (None, SURE)),
    ("Verdict: bad\nConfidence: very confident\nCritique: A good dialogue would answer.",
     (False, VERY)),
    ("Verdict: bad\nConfidence: confident\nCritique: It is good that they greet, but no more.",
     (False, SURE)),
]  # fmt: skip

OTHERS: dict[str, list[tuple[str, Right]]] = {
    "de": [
        ("Urteil: schlecht, Sicherheit: sehr sicher, Begründung: eintönig", (False, VERY)),
        ("**Urteil:** gut\n**Sicherheit:** nicht sicher", (True, UNSURE)),
        ("Urteil: gut oder schlecht\nSicherheit: sehr sicher, sicher oder nicht sicher",
         (None, None)),
        ("Ich würde diesen Dialog als gut bewerten, und ich bin mir sehr sicher.", (True, VERY)),
        ("Insgesamt ist das ein schlechter Dialog. Ich bin mir sicher.", (False, SURE)),
        ("Der Dialog ist nicht gut, weil er sich wiederholt.", (False, None)),
        ("Das ist kein guter Dialog.", (False, None)),
        ("Urteil: nicht schlecht\nSicherheit: sicher", (None, SURE)),
        ("Urteil: gut ist das nicht\nSicherheit: sicher", (False, SURE)),
        ("Gut, wenn ja; schlecht, wenn das fremd wirken würde.", (None, None)),
        ("Guten Tag, Frau Lehmann!", (None, None)),
        ("Urteil: gut. Bei näherem Hinsehen: schlecht.", (False, None)),
        ("Urteil: schlecht\nSicherheit: nicht sehr sicher", (False, UNSURE)),
        ("Urteil: schlecht\nSicherheit: 80 %", (False, None)),
        ('{"urteil": "schlecht", "sicherheit": "ziemlich sicher"}', (False, SURE)),
        ("Verdict: bad\nConfidence: confident", (False, SURE)),
        ("Weder gut noch schlecht.", (None, None)),
    ],
    "es": [
        ("Veredicto: malo, Seguridad: muy seguro, Razón: repetitivo", (False, VERY)),
        ("**Veredicto:** bueno; **Seguridad:** no seguro", (True, UNSURE)),
        ("Veredicto: bueno o malo\nSeguridad: muy seguro, seguro o no seguro", (None, None)),
        ("Creo que es un buen diálogo y estoy muy seguro.", (True, VERY)),
        ("En conjunto, el diálogo es malo.", (False, None)),
        ("No es un buen diálogo porque se repite.", (False, None)),
        ("Veredicto: no es bueno\nSeguridad: seguro", (False, SURE)),
        ("Veredicto: no está mal\nSeguridad: seguro", (None, SURE)),
        ("Buenos días, señora Ruiz.", (None, None)),
        ("Veredicto: bueno. Pensándolo bien, malo.", (False, None)),
        ("Veredicto: malo\nSeguridad: no muy seguro", (False, UNSURE)),
        ("Veredicto: malo\nSeguridad: 90 %", (False, None)),
        ("Ni bueno ni malo.", (None, None)),
        ("¿Es un buen diálogo?", (None, None)),
        ("Es bueno si lo hacen, y malo si lo que dicen resulta extraño.", (None, None)),
        ('{"veredicto": "malo", "seguridad": "bastante seguro"}', (False, SURE)),
    ],
    "zh": [
        ("判断：差，把握：非常有把握，理由：重复", (False, VERY)),
        ("**判断：** 好\n**把握：** 没有把握", (True, UNSURE)),
        ("判断：好 或 差\n把握：非常有把握、有把握 或 没有把握", (None, None)),
        ("我认为这段对话是好的，我非常确定。", (True, VERY)),
        ("总的来说，这段对话写得很差。", (False, None)),
        ("这段对话写得不好，因为内容重复。", (False, None)),
        ("判断：不是很好\n把握：有把握", (False, SURE)),
        ("判断：不差\n把握：有把握", (None, SURE)),
        ("好的，妈妈，我知道了。", (None, None)),
        ("好久不见！", (None, None)),
        ("判断：好。再想一想，差。", (False, None)),
        ("判断：差\n把握：不是很有把握", (False, UNSURE)),
        ("判断：差\n把握：90%", (False, None)),
        ("判断：差别不大", (None, None)),
        ("像就是好；如果显得奇怪，就是差。", (None, None)),
        ('{"判断": "差", "把握": "有把握"}', (False, SURE)),
        ("判断为差，把握为非常有把握。", (False, VERY)),
        ("好还是差？差。", (False, None)),
        ("Verdict: bad, confidence: confident", (False, SURE)),
    ],
    "ja": [
        ("判定：悪い、確信度：強い確信がある、理由：繰り返しが多い", (False, VERY)),
        ("**判定：** 良い\n**確信度：** 確信がない", (True, UNSURE)),
        ("判定：良い または 悪い\n確信度：強い確信がある、確信がある または 確信がない",
         (None, None)),
        ("この対話は良いと思います。非常に確信があります。", (True, VERY)),
        ("全体として、この対話は悪いです。", (False, None)),
        ("この対話は良くないです。", (False, None)),
        ("判定：良い対話とは言えない\n確信度：確信がある", (False, SURE)),
        ("判定：良い例とは言えない", (None, None)),
        ("判定：悪くない\n確信度：確信がある", (None, SURE)),
        ("良い対話ではありません。", (False, None)),
        ("判定：良い。考え直すと、悪い。", (False, None)),
        ("判定：悪い\n確信度：あまり確信がない", (False, UNSURE)),
        ("判定：悪い\n確信度：80%", (False, None)),
        ("そうであれば良い、不自然であれば悪い、とします。", (None, None)),
        ("良い対話ですか？", (None, None)),
        ('{"判定": "悪い", "確信度": "確信がある"}', (False, SURE)),
        ("良いのではないでしょうか。", (None, None)),
    ],
}  # fmt: skip

CASES = [("en", *case) for case in ENGLISH] + [
    (language, *case) for language, cases in OTHERS.items() for case in cases
]


@pytest.mark.parametrize(("language", "text", "right"), CASES)
def test_a_judgement_is_read_as_a_person_reads_it(language: str, text: str, right: Right) -> None:
    found = read_judgement(text, language)
    assert (found.good, found.confidence) == right


@pytest.mark.parametrize(
    ("language", "cell", "good"),
    [
        ("en", "good", True),
        ("en", "Bad!", False),
        ("en", "good, lively", True),
        ("en", "not bad", None),
        ("en", "Verdict: bad", False),
        ("en", "?", None),
        ("de", "gut, aber lang", True),
        ("zh", "不好", False),
        ("ja", "良い。", True),
        ("es", "no es bueno", False),
    ],
)
def test_a_cell_is_read_by_the_same_words(language: str, cell: str, good: bool | None) -> None:
    assert read_good(cell, language) is good


def test_a_critique_is_given_as_it_was_written() -> None:
    found = read_judgement(
        "Verdict: bad; Confidence: not sure; Critique: Zu *lang*, sagt Ana.", "en"
    )
    assert found.critique == "Zu *lang*, sagt Ana."
