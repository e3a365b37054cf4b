"""Replies of judges in every form, and what a person reads in them: never more than is stated."""

import re

import pytest

from acculturate.clca.judges.judgement import read_good, read_judgement

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
    ("Verdict: good is not what I would call it", (None, None)),
    ("I do not think, honestly, that it is good.", (None, None)),
    ("Verdict: Good overall.\nConfidence: very confident overall", (True, VERY)),
    ("Verdict: good, bad ending", (None, None)),
    ("good. Sorry, I meant bad. Very confident.", (False, VERY)),
    ("Good? Bad.", (False, None)),
    ("Verdict: not too bad", (None, None)),
    ("Verdict: nothing bad", (None, None)),
    ("I'm not confident it is good", (None, UNSURE)),
    ("Yes.", (None, None)),
    ("In the past, it was bad, but there is a reason for it.", (None, None)),
    ("The dialogue was bad.", (False, None)),
    ("The dialogue is good at greeting, but bad at listening. The dialogue is not good at all.",
     (None, None)),
    ("I think it is a good dialogue. (I doubt it.)", (None, None)),
    ("The conversation is good in many ways, but it lacks depth.", (None, None)),
    ("Answer: negative, one has to read it carefully.", (None, None)),
    # what small models wrote
    ("Verdict: good\nConfidence: very confident, confident or not sure\nCritique: one sentence\n\n"
     "Answer:\nVerdict: good\nConfidence: very confident, confident or not sure\nC", (True, None)),
    ("They are not only good people, but they are also good people. They are not", (None, None)),
    ("The dialogue is a good example of how not to talk.", (None, None)),
    ("The dialogue is a bad example with no turns.", (False, None)),
    ("It may be good, I think.</think>\nVerdict: bad\nConfidence: not sure", (False, UNSURE)),
    ("Bad. I am very confident. No, wait: I am not sure.", (False, UNSURE)),
    ('{"quality": "good", "fit": "bad"}', (None, None)),
    ("Verdict: good for her, bad for him", (None, None)),
    ("Verdict: good\nConfidence: anything but sure", (True, UNSURE)),
    ("Verdict: good\nConfidence: almost certain", (True, None)),
    ("Verdict: good\nConfidence: 100% sure", (True, None)),
    ("More bad than good.", (None, None)),
    ("Verdict bad\nConfidence very confident", (False, VERY)),
    ('["bad", "confident", "dull"]', (False, SURE)),
    ("Is it good? No.", (None, None)),
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
        ("Ich glaube nicht, dass der Dialog gut ist.", (False, None)),
        ("Kein schlechter Dialog.", (None, None)),
        ("schlecht – sehr sicher – eintönig", (False, VERY)),
        ("| Urteil | Sicherheit |\n|---|---|\n| gut | sicher |", (True, SURE)),
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
        ("No creo, sinceramente, que sea bueno.", (None, None)),
        ("Veredicto: bueno no es", (False, None)),
        ("Considero que el diálogo es bueno, aunque no estoy seguro.", (True, UNSURE)),
        ("Bueno, en este diálogo se saludan.", (None, None)),
        ("Veredicto: poco bueno", (False, None)),
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
        ("我不认为这段对话好。", (False, None)),
        ("判断：好，但有点差", (None, None)),
        ("我会评为差，而且我非常有把握。", (False, VERY)),
        ("好，我们先来看这段对话。", (None, None)),
        ("好，有把握，自然", (True, SURE)),
        ("判断：不好不坏", (None, None)),
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
        ("悪い対話だとは思いません", (None, None)),
        ("良い対話だとは思えません。", (False, None)),
        ("判定：良いとは限らない", (None, None)),
        ("判定：良いところがない", (None, None)),
        ("判定：良いに違いない", (True, None)),
        ("良いと評価します。確信があります。", (True, SURE)),
        ("判定は「悪い」、確信度は「強い確信がある」です。", (False, VERY)),
        ("良い、とは言えない。", (None, None)),
        ("良い。確信がある。自然だから。", (True, SURE)),
        ("いい天気ですね。", (None, None)),
        ("良いのではないでしょうか。", (None, None)),
    ],
}  # fmt: skip

# whole sentences and lists, as judges write them
SENTENCES: list[tuple[str, str, Right]] = [
    (
        "en",
        "I think the dialogue is good, because both stay on topic. I am confident in my judgement.",
        (True, SURE),
    ),
    (
        "en",
        "This dialogue is bad. I'm very confident about that. The characters repeat themselves.",
        (False, VERY),
    ),
    (
        "en",
        "Overall I consider this to be a bad conversation; my confidence is: not sure.",
        (False, UNSURE),
    ),
    ("en", "After reading the transcript, I would say it is good.", (True, None)),
    ("en", "My rating: good. How sure am I? Very confident.", (True, VERY)),
    ("en", "Very confident. Good.", (True, VERY)),
    ("en", "Confidence: very confident; verdict: bad; critique: they never answer", (False, VERY)),
    ("en", "I'm confident that the dialogue is good.", (True, SURE)),
    ("en", "With great confidence: bad.", (False, None)),
    ("en", "bad, 95%", (False, None)),
    ("en", "Verdict: bad (95% confidence)", (False, None)),
    ("en", "Verdict: 2/10, bad", (False, None)),
    ("en", "Score: 3/10", (None, None)),
    ("en", "Verdict: 1", (None, None)),
    ("en", "Good at first sight. On second thought, bad. Confident.", (False, SURE)),
    ("en", "Verdict: good. Actually, no: bad. Confidence: confident", (False, SURE)),
    ("en", "I first thought it was good, but it is bad.", (False, None)),
    ("en", "Verdict: bad. Hmm, wait, actually good. Confidence: not sure", (True, UNSURE)),
    ("en", "It is good and bad.", (None, None)),
    ("en", "The dialogue is good in some ways and bad in others.", (None, None)),
    ("en", "Verdict: good, Confidence: confident, Critique: It is not bad at all.", (True, SURE)),
    ("en", "The dialogue isn't bad.", (None, None)),
    ("en", "It is not a good fit.", (False, None)),
    ("en", "I do not find it good.", (False, None)),
    ("en", "I wouldn't call it good.", (False, None)),
    ("en", "I wouldn't call it bad.", (None, None)),
    ("en", "It's hardly a good dialogue.", (False, None)),
    (
        "de",
        "Ich halte den Dialog für schlecht, weil sie sich nur wiederholen. Ich bin mir sicher.",
        (False, SURE),
    ),
    ("de", "Meiner Meinung nach ist der Dialog gut. Sicherheit: sehr sicher.", (True, VERY)),
    ("de", "Urteil: Schlecht. Sicherheit: Nicht sicher. Begründung: Zu kurz.", (False, UNSURE)),
    ("de", "Sehr sicher: schlecht.", (False, VERY)),
    ("de", "Schlecht, zu 90 % sicher", (False, None)),
    ("de", "Das Gespräch ist gut, ich bin mir aber nicht sicher.", (True, UNSURE)),
    ("de", "Zuerst dachte ich gut, aber der Dialog ist schlecht.", (False, None)),
    ("de", "Gut, nein, schlecht. Sicher.", (False, SURE)),
    ("de", "Der Dialog ist gut und schlecht zugleich.", (None, None)),
    ("de", "Der Dialog ist nicht besonders gut.", (False, None)),
    ("de", "Das ist nicht schlecht.", (None, None)),
    ("de", "Ich finde den Dialog nicht gut.", (False, None)),
    (
        "de",
        '{"Urteil": "schlecht", "Sicherheit": "sehr sicher", "Begründung": "eintönig"}',
        (False, VERY),
    ),
    ("de", "{Urteil: gut, Sicherheit: sicher, Begründung: lebhaft}", (True, SURE)),
    (
        "de",
        "- Urteil: gut\n- Sicherheit: sehr sicher\n- Begründung: Sie bleiben beim Thema.",
        (True, VERY),
    ),
    ("de", "Note: 2 von 6", (None, None)),
    ("de", "Urteil – schlecht; Sicherheit – sicher", (False, SURE)),
    ("de", "Ich würde sagen: gut.", (True, None)),
    ("de", "Der Dialog passt gut zur Kultur.", (True, None)),
    ("de", "Passt er gut oder schlecht? Schlecht.", (False, None)),
    ("es", "En mi opinión, este diálogo es malo porque se repite. Estoy seguro.", (False, SURE)),
    ("es", "Diría que es bueno, pero no estoy seguro.", (True, UNSURE)),
    ("es", "Veredicto: malo. Seguridad: no seguro. Razón: muy corto.", (False, UNSURE)),
    ("es", "Muy seguro: malo.", (False, VERY)),
    ("es", "Malo, 90 % seguro", (False, None)),
    ("es", "El diálogo no me parece bueno.", (False, None)),
    ("es", "No es malo.", (None, None)),
    ("es", "Es bueno y malo a la vez.", (None, None)),
    ("es", "Primero pensé que era bueno, pero es malo.", (False, None)),
    ("es", "Bueno; no, malo. Seguro.", (False, SURE)),
    ("es", '{"veredicto": "malo", "seguridad": "muy seguro", "razón": "plano"}', (False, VERY)),
    ("es", "- Veredicto: bueno\n- Seguridad: seguro\n- Razón: natural", (True, SURE)),
    ("es", "Puntuación: 3/10", (None, None)),
    ("es", "Estoy muy seguro de que el diálogo es malo.", (False, VERY)),
    ("es", "El ajuste a la cultura es bueno.", (True, None)),
    ("es", "Lo calificaría de malo.", (False, None)),
    ("zh", "我认为这段对话不好，因为一直在重复。我有把握。", (False, SURE)),
    ("zh", "总体来说，这段对话是好的，但我没有把握。", (True, UNSURE)),
    ("zh", "判断：差。把握：没有把握。理由：太短。", (False, UNSURE)),
    ("zh", "非常有把握：差。", (False, VERY)),
    ("zh", "差，90%的把握", (False, None)),
    ("zh", "把握：非常有把握；判断：差", (False, VERY)),
    ("zh", "这段对话不差。", (None, None)),
    ("zh", "这段对话有好有坏。", (None, None)),
    ("zh", "开始觉得好，再想一想，差。", (False, None)),
    ("zh", "好，不，差。有把握。", (False, SURE)),
    ("zh", '{"判断"："差"，"把握"："非常有把握"，"理由"："单调"}', (False, VERY)),
    ("zh", "1. 判断：好\n2. 把握：有把握\n3. 理由：自然", (True, SURE)),
    ("zh", "评分：3/10", (None, None)),
    ("zh", "我非常有把握这段对话是差的。", (False, VERY)),
    ("zh", "我把它评为好。", (True, None)),
    ("zh", "像，好。", (True, None)),
    (
        "ja",
        "この対話は悪いと思います。同じことの繰り返しだからです。確信があります。",
        (False, SURE),
    ),
    ("ja", "全体的に良い対話ですが、確信はありません。", (True, UNSURE)),
    ("ja", "判定：悪い。確信度：確信がない。理由：短すぎる。", (False, UNSURE)),
    ("ja", "強い確信があります：悪い。", (False, VERY)),
    ("ja", "悪い、90％の確信", (False, None)),
    ("ja", "確信度：強い確信がある\u3000判定：悪い", (False, VERY)),
    ("ja", "この対話は悪くありません。", (None, None)),
    ("ja", "良くも悪くもありません。", (None, None)),
    ("ja", "最初は良いと思ったが、悪い。", (False, None)),
    ("ja", "良い、いや、悪い。確信がある。", (False, SURE)),
    ("ja", "{「判定」：「悪い」、「確信度」：「強い確信がある」}", (False, VERY)),
    ("ja", "1. 判定：良い\n2. 確信度：確信がある\n3. 理由：自然", (True, SURE)),
    ("ja", "評価：3/10", (None, None)),
    ("ja", "この対話が悪いことに強い確信があります。", (False, VERY)),
    ("ja", "文化との合い方は良いです。", (True, None)),
    ("ja", "良い対話だと思います。", (True, None)),
    ("ja", "良くない対話だ。", (False, None)),
]

CASES = [("en", *case) for case in ENGLISH] + [
    (language, *case) for language, cases in OTHERS.items() for case in cases
]
CASES += SENTENCES


@pytest.mark.parametrize(("language", "text", "right"), CASES)
def test_a_judgement_is_read_as_a_person_reads_it(language: str, text: str, right: Right) -> None:
    judgement = read_judgement(text, language)
    assert (judgement.good, judgement.confidence) == right


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
    judgement = read_judgement(
        "Verdict: bad; Confidence: not sure; Critique: Zu *lang*, sagt Ana.", "en"
    )
    assert judgement.critique == "Zu *lang*, sagt Ana."


# -- the form that a prompt shows, filled in wrongly or again --------------------------------------

FORMS = {
    "en": (
        ("Verdict: ", "Confidence: ", "Critique: one sentence"),
        ("good or bad", "very confident, confident or not sure"),
        ("good", "very confident"),
    ),
    "zh": (
        ("判断：", "把握：", "理由：一句话"),
        ("好或差", "非常有把握、有把握或没有把握"),
        ("好", "非常有把握"),
    ),
    "de": (
        ("Urteil: ", "Sicherheit: ", "Begründung: ein Satz"),
        ("gut oder schlecht", "sehr sicher, sicher oder nicht sicher"),
        ("gut", "sehr sicher"),
    ),
    "ja": (
        ("判定：", "確信度：", "理由：一文"),
        ("良い、または悪い", "強い確信がある、確信がある、または確信がない"),
        ("良い", "強い確信がある"),
    ),
    "es": (
        ("Veredicto: ", "Seguridad: ", "Razón: una frase"),
        ("bueno o malo", "muy seguro, seguro o no seguro"),
        ("bueno", "muy seguro"),
    ),
}


@pytest.mark.parametrize("language", FORMS)
def test_in_a_form_no_verdict_stands_under_confidence_or_critique(language: str) -> None:
    (verdict, confidence, critique), _, (good, very) = FORMS[language]
    empty = f"{verdict}...\n"
    for lines in (
        f"{empty}{confidence}{good}\n{critique}",
        f"{critique}\n{confidence}{good}\n{critique}",
        f"{empty}{confidence}{very}\n{re.split('(?<=[:：])', critique)[0]} {good}",
    ):
        assert read_judgement(lines, language).good is None
    below = read_judgement(f"{empty}{confidence}{very}\n{good}", language)
    assert (below.good, below.confidence) == (True, VERY)


@pytest.mark.parametrize("language", FORMS)
def test_a_choice_that_is_repeated_up_to_the_end_of_a_reply_is_not_stated(language: str) -> None:
    (verdict, confidence, critique), (either, levels), (good, very) = FORMS[language]
    filled = f"{verdict}{good}\n{confidence}{levels}\n{critique}\n\n"
    offered = f"{verdict}{either}\n{confidence}{levels}\n{critique}\n\n"
    for text in (
        f"{filled}{filled}{verdict}{good}\n{confidence}{very}",
        f"{filled}{offered}{verdict}{either}\n{confidence}{very}",
    ):
        judgement = read_judgement(text, language)
        assert (judgement.good, judgement.confidence) == (True, None)
    cut = read_judgement(f"{offered}{offered}{verdict}{good}", language)
    assert (cut.good, cut.confidence) == (None, None)
    # a form that is given and then filled in is no repetition
    answered = read_judgement(f"{offered}{verdict}{good}\n{confidence}{very}", language)
    assert (answered.good, answered.confidence) == (True, VERY)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Good the is of a in dialogue the good be at.", "en"),
        ("good good good good good", "en"),
        ("The good is the good of the dialogue.", "en"),
        ("Good conversation is conversation of good is.", "en"),
        ("I am good, thanks for the tea.", "en"),
        ("gut das ist der Dialog von ist gut eine.", "de"),
        ("Das gut ist gut der gut des Dialogs.", "de"),
        ("Mir gut, danke für den Tee.", "de"),
        ("bueno el es de la un diálogo en bueno", "es"),
        ("El bueno es el bueno del diálogo.", "es"),
        ("Estoy bien, gracias por el té.", "es"),
        ("好好好好好", "zh"),
        ("对话是的是好的的在的", "zh"),
        ("我很好，谢谢你的茶。", "zh"),
        ("良い良い良い良い", "ja"),
        ("良いはの対話が良いをに。", "ja"),
    ],
)
def test_a_string_of_words_with_good_in_it_is_no_verdict(text: str, language: str) -> None:
    assert read_judgement(text, language).good is None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("- good\n- bad\n- very confident", "en"),
        ("1. Good\n2. Bad\n3. Not sure", "en"),
        ("* Good: the talk is natural.\n* Bad: the talk is stiff.", "en"),
        ("Verdict:\n- good\n- bad", "en"),
        ("The dialogue is good\nThe dialogue is bad", "en"),
        ("- gut\n- schlecht\n- sehr sicher", "de"),
        ("Gut: sie grüßen sich.\nSchlecht: sie wiederholen sich.", "de"),
        ("- bueno\n- malo", "es"),
        ("Veredicto:\n1. bueno\n2. malo", "es"),
        ("- 好\n- 差", "zh"),
        ("判断：好，差", "zh"),
        ("- 良い\n- 悪い", "ja"),
        ("判定：良い、悪い", "ja"),
    ],
)
def test_a_list_of_both_verdicts_is_none(text: str, language: str) -> None:
    assert read_judgement(text, language).good is None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The dialogue is good, but it is not free of demeaning talk about a group.", "en"),
        ("Der Dialog ist gut, aber er ist nicht frei von Klischees.", "de"),
        ("El diálogo es bueno, pero no está libre de insultos.", "es"),
        ("这段对话很好，但是有贬低某个群体的话。", "zh"),
        ("この対話は良いですが、蔑称を含みます。", "ja"),
    ],
)
def test_good_with_slurs_in_it_is_no_verdict(text: str, language: str) -> None:
    assert read_judgement(text, language).good is None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("A good dialogue should have a voice of its own.", "en"),
        ("This is a good dialogue that is too long for its end.", "en"),
        ("Ein guter Dialog sollte lebendig sein.", "de"),
        ("Un buen diálogo debería tener vida.", "es"),
        ("好的对话应该更自然。", "zh"),
        ("良い対話は自然であるべきです。", "ja"),
    ],
)
def test_what_a_good_dialogue_needs_is_no_verdict(text: str, language: str) -> None:
    assert read_judgement(text, language).good is None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("You may call the dialogue bad or bad.", "en"),
        ("Das ist schlecht oder schlecht.", "de"),
        ("这是好或好。", "zh"),
        ("Es bueno o bueno.", "es"),
        ("Good / Weak / Very Safe / Not to be Dared", "en"),
        ("The above dialogue is a bad one. This is a good one.", "en"),
    ],
)
def test_a_choice_of_one_and_what_is_said_both_ways_are_no_verdict(
    text: str, language: str
) -> None:
    assert read_judgement(text, language).good is None


def test_the_whole_dialogue_above_is_what_is_judged() -> None:
    assert read_judgement("The above dialogue itself is bad.", "en").good is False
    assert read_judgement("Der gesamte Dialog selbst ist gut.", "de").good is True


def test_a_sign_that_begins_a_longer_word_is_no_verdict() -> None:
    assert read_judgement("判断：好奇心太重", "zh").good is None
