"""Small studies of both methods, on a model of two layers, and a teacher that has something to say.

Whole in seconds: what kills, Ray and reports are tried on.
"""

from typing import Any

from acculturate.records import ChooseRequest, Generation, Request

HEAD = """
[study]
name = "small"
draws = 200
[survey]
items = ["Q1", "Q7", "Q46", "Q49"]
[cultures]
measure = ["CHN", "DEU"]
adapt = ["CHN", "DEU"]
[models.base]
name = {model!r}
dtype = "float32"
[models.writer]
name = "mock:WRITER"
[[arm]]
id = "before"
[[arm]]
id = "after"
model = "@ADAPT"
against = "before"
[[adapt]]
id = "ADAPT"
method = "METHOD"
teacher = "writer"
"""


def study(writer: str, adapt: str, method: str, rest: str) -> str:
    named = {"WRITER": writer, "ADAPT": adapt, "METHOD": method}
    text = HEAD
    for word, name in named.items():
        text = text.replace(word, name)
    return text + rest


CULTURESPA = study(
    "noise",
    "spa",
    "culturespa",
    """
[adapt.culturespa.questions]
per_topic = 1
round_size = 16
[adapt.culturespa.shifts]
strength = 0.0
noise = "ignore"
[adapt.tuning]
rank = 2
""",
)
CLCA = study(
    "talker",
    "clca",
    "clca",
    """second_judge = "other"
grouping = "specific"
[adapt.clca.scenarios]
adapt = "rule"
count = 1
[adapt.clca.roleplay]
exchanges = 2
[adapt.clca.judging]
keep = "none"
[adapt.tuning]
rank = 2
[models.other]
name = "mock:first"
""",
)
STUDIES = {"culturespa": CULTURESPA, "clca": CLCA}
"""By method; `model` is to be filled in."""

ASKED = """
[study]
name = "asked"
draws = 200
[survey]
items = ["Q1", "Q2", "Q3", "Q46", "Q57", "Q164"]
[cultures]
measure = ["CHN", "DEU", "NGA", "USA", "BRA", "GBR"]
[models.base]
name = {model!r}
dtype = "float32"
[neutral]
read = false
[answers]
interviews_at_once = 2
WAY
[[arm]]
id = "asked"
"""
WAYS = {
    "interview": ASKED.replace("WAY", 'presentation = "interview"'),
    "battery": ASKED.replace("WAY", 'presentation = "battery"'),
    "reason": ASKED.replace("WAY", "reason = true\nreason_tokens = 8"),
}
"""A model asked in several ways; `model` is to be filled in."""

LINES = (
    "Good morning. I came about the matter of last week.",
    "Please sit down and tell me more of it.",
    "My mother asked whether the garden is still ours.",
    "Nobody told us that the road would be closed.",
    "Then let us speak with the doctor before noon.",
    "You always brought bread when the shop was full.",
    "Could the children play somewhere else on Sundays?",
    "I would rather pay the whole sum at once.",
    "That letter never reached our house.",
    "Shall we drink tea and forget the quarrel?",
    "The teacher praised your daughter's drawing.",
    "It rained through the roof for three nights.",
)


def talker(request: Request) -> Any:
    """Says one thing or another, with hostile text in it; judges by the first letter."""
    if isinstance(request, ChooseRequest):
        return [0.9, *[0.1 / (len(request.labels) - 1)] * (len(request.labels) - 1)]
    # what was not said yet: who repeats a line is asked again
    heard = " ".join(message.text for message in request.messages)
    at = int(request.id[:8], 16) % len(LINES)
    said = next(line for line in (*LINES[at:], *LINES[:at]) if line not in heard)
    return Generation(f"{said} <script>alert(1)</script>", 10, 10, "end")
