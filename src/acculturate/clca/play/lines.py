r"""Lines: where a speaker's part of a reply ends and text begins that nobody speaks.

Below words of their own, small models go on with a list of acts, a line of the prompt, or, where
the words stood in quotation marks, a tale. The move ends before such a line.

    >>> names = ("Ana", "Luis")
    >>> own = Own("Come in.\nYou do not know what Luis is after.", False, "me")
    >>> own_lines(own, Speakers(*names), names, "en").text
    'Come in.'
"""

import re
from collections.abc import Sequence

from acculturate.clca.loops import length
from acculturate.clca.play.character import (
    breaks_character,
    of_the_task,
    speaks_to,
    tells_of_the_scene,
)
from acculturate.clca.play.documents import BULLET, above_headings, document_from
from acculturate.clca.play.marks import OPENING, QUOTED, UNCLOSED, closed, is_silence
from acculturate.clca.play.narration import LONGEST_ACT, names_both, narrates, reports, tells
from acculturate.clca.play.turns import Own, Speakers
from acculturate.clca.tongue import wrong_language
from acculturate.clca.words import addresses, read_in

SENTENCE_END = re.compile(r"[.!?。！？…]+[\"'”’»」』）)]*")
ONE_ACT = re.compile(r"[*＊][^\s*＊][^*＊]*[*＊]?\s*")
"""A line that is an act between asterisks, or behind one."""
ASTERISK = re.compile(r"[*＊]")
OPEN_ACT = re.compile(r"\s*[*＊]\S[^*＊]*")
"""A line behind an asterisk that is never closed."""


def own_lines(own: Own, speakers: Speakers, names: tuple[str, str], language: str) -> Own:
    """Return the speaker's part up to the line that is a list of other acts, of the task, or a
    tale; the mark of silence alone where it stands on a line of its own in front, since what stands
    below is said by somebody else.
    """
    lines = own.text.split("\n")
    if any(line.strip() for line in lines[1:]) and is_silence(lines[0], language):
        return own._replace(text=lines[0].strip(), trimmed=True)
    if ONE_ACT.fullmatch(lines[0]) and _bulleted(lines[1:]):
        inside = lines[0].strip(" \t*＊")
        return own._replace(text=f"*{inside}*", trimmed=True)
    if (open_at := _open_tale(own.text)) > 0:
        return own_lines(
            Own(own.text[:open_at].strip(), True, own.whose), speakers, names, language
        )
    end = _end_of_talk(lines, speakers, names, language)
    return own if end is None else own._replace(text="\n".join(lines[:end]).strip(), trimmed=True)


def _end_of_talk(
    lines: Sequence[str], speakers: Speakers, names: tuple[str, str], language: str
) -> int | None:
    """Return the place of the first line that is not said; None where there is none."""
    document = document_from(lines)
    quoted = bool(QUOTED.fullmatch(lines[0].strip()))
    for at, line in enumerate(lines[1:document], 1):
        tale = quoted and _beside_words(line.strip(), speakers, names[0], language)
        tale = tale or _tells_of_people(line, speakers, language)
        if tale or of_the_task(line, names, language):
            return above_headings(lines, at)
    return document


def own_words(text: str, names: tuple[str, str], language: str) -> str:
    """Return the words up to where the model speaks of its task, or to the paragraph that tells a
    tale or is in another language.
    """
    parts = _before_the_task(text, names, language).split("\n\n")
    for at, part in enumerate(parts[1:], 1):
        told_of = tells(part, names[0], language) or reports(part, language)
        if told_of or wrong_language(part, language):
            return "\n\n".join(parts[:at])
    return "\n\n".join(parts)


def _before_the_task(text: str, names: tuple[str, str], language: str) -> str:
    """Return the sentences before the first that is not the speaker's; all where that is
    the first.
    """
    start = 0
    for end in (*(match.end() for match in SENTENCE_END.finditer(text)), len(text)):
        if start and _is_nobodys(text[start:end], names, language):
            return text[:start].strip()
        start = end if re.search(r"[^\W\d]", text[:end]) else 0
    return text


def _is_nobodys(text: str, names: tuple[str, str], language: str) -> bool:
    """Return whether a sentence is of the task or the scene, or is said to the speaker
    called so.
    """
    return (
        breaks_character(text, language)
        or tells_of_the_scene(text, language)
        or speaks_to(names[0], text, language)
        or names_both(text, names, language)
    )


def _open_tale(text: str) -> int:
    """Return where an asterisk opens that is never closed and has a tale behind it; 0 where none
    does, or nothing is said before it.
    """
    opened = -1
    for mark in ASTERISK.finditer(text):
        at = mark.start()
        opens = opened < 0 or (text[at - 1].isspace() and not text[at + 1 : at + 2].isspace())
        if opened >= 0 and opens and _is_tale(text[opened + 1 : at]):
            break
        opened = at if opens else -1
    has_words = opened > 0 and bool(re.search(r"\w", text[:opened]))
    return opened if has_words and _is_tale(re.split(r"\n\n", text[opened + 1 :])[0]) else 0


def _is_tale(act: str) -> bool:
    """Return whether the text after an asterisk is too long to be a described act."""
    return length(act) > LONGEST_ACT or bool(re.search(r"[.!?。！？]\s*\S", act))


def _tells_of_people(line: str, speakers: Speakers, language: str) -> bool:
    """Return whether a line tells what one of the two does ("The clerk looks up."), or gives the
    other's words ("But Luis says: ...").
    """
    who = speakers.subject(line.strip())
    if who == "other" or (who == "me" and not addresses(line, language)):
        return True
    for words in read_in(language):
        says = re.match(
            rf"\W*(?:\w+[,，、]\s*|\w+\s+)?(.{{1,30}}?)[はが]?\s*{words.says}\w*\s*[:：]", line
        )
        if says and speakers.called(says[1].strip()) == "other":
            return True
    return False


def _bulleted(lines: Sequence[str]) -> bool:
    """Return whether all lines, two or more, are those of a list."""
    filled = [line for line in lines if line.strip()]
    return len(filled) > 1 and all(
        BULLET.match(line) or OPEN_ACT.fullmatch(line) for line in filled
    )


def _beside_words(line: str, speakers: Speakers, name: str, language: str) -> bool:
    """Return whether a line below words in quotation marks tells a tale: an asterisk or bracket
    that stays open or holds too much, somebody who is named, or sentences that address nobody.
    """
    if line[:1] in OPENING:
        act = re.match(r"[*＊(（\[［【]+([^*＊)）\]］】]*)", line)
        open_ended = bool(UNCLOSED.match(line)) and closed(line) == line
        return open_ended or bool(act and narrates(act[1], language))
    if QUOTED.search(line) or line.endswith(("?", "？")):
        return False
    named = tells(line, name, language) or speakers.subject(line) is not None
    return named or reports(line, language)
