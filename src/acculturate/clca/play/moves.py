"""Moves: what a character does when it is its turn, read from whatever a model writes.

Speak, act (without words), be silent, or leave, with or without last words. Prompts ask for the
words alone, with acts between asterisks and silence and leaving in brackets; models also write
labels (`Move: speak` / `Text: ...`, in any order, in their language, with its punctuation), JSON,
the speaker's name, quotation marks, several paragraphs, or the other's turn as well. All of that is
read; what leaves no move is `Unread` with its reason and is asked again.

    >>> read_move("Ana: *nods* Come in!", ("Ana", "Luis"), "en")
    Move(kind='speak', text='*nods* Come in!', trimmed=False)
    >>> read_move("动作类型：沉默", ("李伟", "王芳"), "zh").kind
    'silence'
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from acculturate.clca.json_replies import find_object
from acculturate.clca.loops import length, loops
from acculturate.clca.play.character import (
    gives_an_example,
    of_the_task,
    quotes_a_mark,
    speaks_to,
    tells_of_the_scene,
)
from acculturate.clca.play.documents import is_list
from acculturate.clca.play.lines import SENTENCE_END, own_lines, own_words
from acculturate.clca.play.marks import QUOTED, Mark, closed, marks_in, stays_open
from acculturate.clca.play.narration import (
    LONGEST_ACT,
    names_both,
    narrates,
    tells,
    told,
)
from acculturate.clca.play.prefaces import bare, is_caption
from acculturate.clca.play.turns import Speakers, Who, own_part
from acculturate.clca.unread import Unread
from acculturate.clca.words import Words, begins, labelled, read_in, words_in

Kind = Literal["speak", "act", "silence", "leave"]
KINDS: tuple[Kind, ...] = ("leave", "silence", "act", "speak")
"""In the order in which they are looked for: "say nothing" is a silence before it is a "say"."""

SOMEBODY = re.compile(
    r"[*_]{0,2}[A-ZÀ-Þ][\w'’-]+(?: [A-ZÀ-Þ][\w'’-]+)?(?:\s*\([^)]*\))?[*_]{0,2}:[*_]{0,2}\s*[\"“„«]"
)
"""A name with a quotation behind it: `Mike: "Good day."` where no Mike plays."""
HEADED = re.compile(r"[^\n]*[:：]")
"""A heading with nothing under it."""
WORD = re.compile(r"[^\W\d_]{2,}")
LETTER = re.compile(r"[^\W\d_]")
TITLE = re.compile(r"《[^》]*》")
"""What is nothing but the title of a work."""
STRUNG = 5
"""Single letters and numbers, with no word among them, that nobody says or does."""
LONGEST_NUMBER = 12
"""Digits that somebody says and nothing else."""
QUIET = ("silence", "leave")
"""Marks that prompts ask for."""
REPEATS = "repeats itself"
READS_OUT = "reads out its prompt"
NOT_OWN: dict[Who, str] = {"other": "speaks for the other", "somebody": "speaks for somebody else"}


@dataclass(frozen=True, slots=True)
class Move:
    """A move; `trimmed` where something behind it was cut off (the other's turn, a half
    sentence).
    """

    kind: Kind
    text: str = ""
    trimmed: bool = False


class _Fields(NamedTuple):
    """A reply by its labels: the kind it names, its labelled text, what stood under no label."""

    kind: str
    text: str
    rest: str


def read_move(
    text: str,
    names: tuple[str, str],
    language: str,
    *,
    cut: bool = False,
    roles: tuple[str, str] = ("", ""),
) -> Move | Unread:
    """Return the move in a reply of `names[0]` to `names[1]`; `cut` where the reply was
    cut short, `roles` are what the two do ("clerk").
    """
    text = bare(text, language)
    if fault := _at_first_sight(text, names, language):
        return Unread(fault)
    speakers = Speakers(*names, roles)
    own = own_lines(own_part(text, speakers, language), speakers, names, language)
    if not own.text or HEADED.fullmatch(own.text):
        return Unread(NOT_OWN.get(own.whose, "no words"))
    move = _from_fields(own.text, language)
    if move is None and SOMEBODY.match(own.text):
        return Unread(NOT_OWN["somebody"])
    move = move or _narrated(own.text, speakers, language) or _unlabelled(own.text, language)
    if isinstance(move, Unread):
        return move
    wordless = _is_wordless(move.text) or TITLE.fullmatch(move.text)
    numbered = move.kind == "act" and not LETTER.search(move.text)
    if wordless or numbered or _names_alone(move.text, names, roles):
        return Unread("no words")
    if loops(move.text):
        return Unread(REPEATS)
    if move.kind == "speak":
        words = own_words(move.text, names, language)
        move = replace(move, text=words, trimmed=move.trimmed or words != move.text)
    if fault := _not_played(move, names, language):
        return Unread(fault)
    # where another turn was cut off, the speaker's own had ended before the limit
    whole = _whole_sentences(move.text) if cut and not (own.trimmed or move.trimmed) else move.text
    return replace(move, text=whole, trimmed=own.trimmed or move.trimmed or whole != move.text)


def _at_first_sight(text: str, names: tuple[str, str], language: str) -> str:
    """Return why a reply holds no move, whatever stands further down; "" where it may hold one."""
    if not text:
        return "empty"
    if is_list(text):
        return "a list"
    first, below, _ = text.partition("\n")
    if below and is_caption(first, names, language):
        return "narrates"
    return READS_OUT if of_the_task(first, names[:1], language) else ""


def _names_alone(text: str, names: tuple[str, str], roles: tuple[str, str]) -> bool:
    """Return whether a text is how the prompt lists its people ("Ana (cook)"), or with numbers."""
    rest = text
    for name, role in zip(names, roles, strict=True):
        rest = re.sub(rf"{re.escape(name)}\s*[(（]{re.escape(role)}[)）]", " ", rest)
    return rest != text and not re.search(r"[^\W\d_]", rest)


def _is_wordless(text: str) -> bool:
    """Return whether a text is strung from single letters and numbers: "S-S-P", "a. 1. B. 2000"."""
    parts = re.findall(r"[^\W_]+", text)
    if parts and all(part.isdigit() for part in parts):
        return len(parts) >= STRUNG or len("".join(parts)) > LONGEST_NUMBER
    letters = "".join(part for part in parts if not part.isdigit())
    return bool(letters) and len(parts) >= STRUNG and letters.isascii() and not WORD.search(text)


def _not_played(move: Move, names: tuple[str, str], language: str) -> str:
    """Return why a move is none of the speaker: it begins with words to the speaker, or it is a
    tale.
    """
    begun = _first_sentence(move.text)
    if speaks_to(names[0], begun, language):
        return NOT_OWN["other"]
    told_of = move.kind == "act" and narrates(move.text, language)
    told_of = told_of or (move.kind == "speak" and tells(move.text, names[0], language))
    told_of = told_of or names_both(begun, names, language)
    return "narrates" if told_of or tells_of_the_scene(begun, language) else ""


def _narrated(text: str, speakers: Speakers, language: str) -> Move | Unread | None:
    tale = told(text, speakers, language)
    if tale is None:
        return None
    if tale.who != "me":
        return Unread(NOT_OWN[tale.who])
    return Move("speak", tale.words) if tale.words else Move("act", tale.act)


# -- labels ---------------------------------------------------------------------------------------


def _from_fields(text: str, language: str) -> Move | Unread | None:
    """Return a move from labelled lines or an object; None where the reply has no such form."""
    fields = _object_fields(text, language) or _line_fields(text, language)
    if fields is None:
        return None
    words = read_in(language)
    kind = _kind_of(fields.kind, words) if fields.kind else None
    if fields.kind and kind is None:
        return Unread("unknown move")
    words_said = _unquoted(fields.text or fields.rest)
    if kind is None or kind == "speak":
        # what the text itself says goes before a label that only says "speak"
        return _unlabelled(words_said, language) if words_said else Unread("no words")
    if kind == "act" and not words_said:
        return Unread("no words")
    if kind == "silence":
        return Move("silence")
    if kind == "leave":
        move = _unlabelled(words_said, language) if words_said else Move("leave")
        own_words = move.text if isinstance(move, Move) and move.kind != "act" else ""
        return Move("leave", own_words)
    return Move("act", _acts(words_said, language))


def _line_fields(text: str, language: str) -> _Fields | None:
    words = read_in(language)
    labels = {
        "kind": [label for language_words in words for label in language_words.move],
        "text": [label for language_words in words for label in language_words.text],
    }
    parts: dict[str, list[str]] = {"kind": [], "text": [], "rest": []}
    now, seen = "rest", False
    lines = text.split("\n")
    for at, line in enumerate(lines):
        name, rest = _label_of(line, labels, words, first=at == 0)
        if name == "kind" and rest and not labelled(line, labels["kind"]):
            now, seen = "text", True  # `Act: nods`: the label is the kind
            parts["kind"].append(line.partition("：" if "：" in line else ":")[0])
            parts["text"].append(rest)
        elif name:
            now, seen = name, True
            parts[name].append(rest)
        else:
            parts["rest" if now == "kind" else now].append(line)
    if not seen or (not parts["kind"] and not labelled(lines[0], labels["text"])):
        return None
    joined = {key: "\n".join(part).strip() for key, part in parts.items()}
    return _kind_apart(_Fields(joined["kind"], joined["text"], joined["rest"]), words)


def _label_of(
    line: str, labels: dict[str, list[str]], words: Sequence[Words], *, first: bool
) -> tuple[str, str]:
    for name, names in labels.items():
        rest = labelled(line, names)
        if rest is not None:
            return name, rest
    if first:
        for kind in KINDS:
            rest = labelled(line, [label for w in words for label in getattr(w, kind)])
            if rest:
                return "kind", rest
    return "", line


def _kind_apart(fields: _Fields, words: Sequence[Words]) -> _Fields:
    """Part `Move: speak - Come in!`: what follows the kind on its line is text, if there is no
    other.
    """
    if fields.text or fields.rest:
        return fields
    for kind in KINDS:
        word = begins(fields.kind, [label for w in words for label in getattr(w, kind)])
        if word:
            at = fields.kind.casefold().index(word) + len(word)
            return _Fields(word, fields.kind[at:].strip(' \t-–—:：,，*_]】"'), "")
    return fields


def _object_fields(text: str, language: str) -> _Fields | None:
    if "{" not in text:
        return None
    tree = find_object(text)
    if tree is None:
        return None
    by_key = {str(key).casefold().replace("_", " "): value for key, value in tree.items()}
    words = read_in(language)
    kind = _first(by_key, [label for w in words for label in w.move])
    words_said = _first(by_key, [label for w in words for label in w.text])
    return _Fields(kind, words_said, "") if kind or words_said else None


def _first(by_key: dict[str, object], names: Sequence[str]) -> str:
    texts = (by_key[name] for name in names if by_key.get(name))
    return str(next(texts, "")).strip()


def _kind_of(text: str, words: Sequence[Words]) -> Kind | None:
    for kind in KINDS:
        if begins(text, [label for w in words for label in getattr(w, kind)]):
            return kind
    return None


# -- without labels -------------------------------------------------------------------------------


def _unlabelled(text: str, language: str) -> Move | Unread:
    """Return a move by its marks: leaving goes before words, words before acts, acts before
    silence.
    """
    if stays_open(text) and length(text) > LONGEST_ACT:
        return Unread("narrates")
    text = closed(re.sub(r"^_([^_]+)_$", r"*\1*", _unquoted(text)))
    marks = marks_in(text, language)
    if _speaks_of_marks(text, marks, language):
        return Unread(READS_OUT)
    kinds = {mark.kind for mark in marks}
    rest = _without(text, [mark for mark in marks if mark.kind in QUIET])
    if "leave" in kinds:
        return Move("leave", rest.rstrip(" -–—,，") if re.search(r"\w", rest) else "")
    own = words_in(language)
    between = re.sub(r"\W+", " ", _without(text, marks)).strip().casefold()
    if between and between not in own.joins:
        return Move("speak", rest)
    if [mark.kind for mark in marks] == ["words"] and re.search(r"\w", marks[0].inside):
        return Move("speak", marks[0].inside)
    done = (mark.inside.rstrip(".。") for mark in marks if mark.kind in ("act", "words"))
    acts = [act for act in done if re.search(r"\w", act)]
    if acts:
        return Move("act", own.comma.join(acts))
    if "silence" in kinds or re.search(r"[.…。]", text):
        return Move("silence")
    return Unread("no words")


def _speaks_of_marks(text: str, marks: Sequence[Mark], language: str) -> bool:
    """Return whether a text only speaks of a mark, or gives an act as an example, as prompts do."""
    return any(
        (quotes_a_mark if mark.kind in QUIET else gives_an_example)(text[: mark.start], language)
        for mark in marks
    )


def _without(text: str, marks: Sequence[Mark]) -> str:
    """Return the text without some of its marks and the full stops behind them, in its
    paragraphs.
    """
    for mark in reversed(marks):
        after = re.sub(r"^[.。!！]", "", text[mark.end :])
        text = text[: mark.start] + after
    return _unquoted(re.sub(r"[ \t]{2,}", " ", "\n\n".join(_paragraphs(text))))


def _paragraphs(text: str) -> Iterator[str]:
    for part in re.split(r"\n\s*\n", text):
        line = re.sub(r"\s*\n\s*", " ", part).strip()
        if line:
            yield line


def _acts(text: str, language: str) -> str:
    """Return what is done, without the asterisks around it."""
    marks = marks_in(text, language)
    if _without(text, marks):
        return text
    return words_in(language).comma.join(mark.inside for mark in marks)


def _unquoted(text: str) -> str:
    """Return a text without quotation marks that stand around the whole, or open it alone."""
    text = text.strip()
    match = QUOTED.fullmatch(text)
    if match:
        return match[1].strip()
    opened = len(re.findall(r"[\"“”„«»「」『』]", text)) == 1 and text[0] in '"“„«「『'
    return text[1:].strip() if opened else text  # a reply that ends before its quotation does


def _first_sentence(text: str) -> str:
    """Return the first sentence with a letter in it, and the numbers before it."""
    ends = (text[: match.end()] for match in SENTENCE_END.finditer(text))
    return next((end for end in ends if re.search(r"[^\W\d]", end)), text)


def _whole_sentences(text: str) -> str:
    """Return a text up to the last sentence that ends; all of it where none does."""
    ends = [match.end() for match in SENTENCE_END.finditer(text)]
    return text[: ends[-1]] if ends else text
