"""Dialogues as people judge them: what they are asked in the language of a dialogue, and how their
words are read.
"""

import functools
import tomllib
from collections.abc import Mapping
from importlib import resources

from acculturate.clca.judges.judgement import read_good
from acculturate.clca.judges.verdicts import Question
from acculturate.clca.words import languages, words_in
from acculturate.culture import Culture
from acculturate.methods.judged import Asked, Subject
from acculturate.methods.kept_texts import DIALOGUES
from acculturate.records.language import look_up

QUESTIONS: tuple[Question, ...] = ("quality", "fit", "review")
JUDGE, SECOND = "judge", "second judge"


class DialogueSubject(Subject):
    """Asks in the dialogue's language, and reads a verdict in any language as a judge's is read."""

    def asked(self, language: str, culture: Culture | None) -> Asked:
        asked, spoken = look_up(_words(), language) or _words()["en"], words_in(language)
        named = culture.named(language) if culture else ""
        questions: dict[str, str] = {name: asked[name].format(culture=named) for name in QUESTIONS}
        return Asked(questions, spoken.good[0], spoken.bad[0], asked["unsure"])

    def reads(self, cell: str) -> bool | None:
        known = super().reads(cell)
        if known is not None:
            return known
        readings = {read_good(cell, language) for language in languages()} - {None}
        return True in readings if len(readings) == 1 else None


DIALOGUE = DialogueSubject(
    "dialogue",
    DIALOGUES,
    dict.fromkeys(QUESTIONS, ""),
    told=("culture", "setting", "people", "transcript"),
    raters=(JUDGE, SECOND),
)


@functools.cache
def _words() -> Mapping[str, Mapping[str, str]]:
    source = resources.files(__package__) / "people_page.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))
