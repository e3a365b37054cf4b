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

from acculturate.clca.reading import find_object
from acculturate.clca.words import Words, begins, labelled, read_in

Kind = Literal["speak", "act", "silence", "leave"]
KINDS: tuple[Kind, ...] = ("leave", "silence", "act", "speak")
"""In the order in which they are looked for: "say nothing" is a silence before it is a "say"."""

OPEN, CLOSE = r"[*＊\[［(（【〔]", r"[*＊\]］)）】〕]"
ENCLOSED = re.compile(rf"{OPEN}{{1,2}}([^*＊\[\]［］()（）【】〔〕]+){CLOSE}{{1,2}}[.。!！]?")
LAST_MARK = re.compile(
    rf"^(.*?)\s*{OPEN}{{1,2}}([^*＊\[\]［］()（）【】〔〕]+){CLOSE}{{1,2}}$", re.S
)
SENTENCE_END = re.compile(r"[.!?。！？…]+[\"'”’»」』）)]*")
QUOTED = re.compile(r"[\"“”„«»「『]([^\"“”„«»「」『』]*)[\"“”«»」』]")
SOMEBODY = re.compile(
    r"[*_]{0,2}[A-ZÀ-Þ][\w'’-]+(?: [A-ZÀ-Þ][\w'’-]+)?(?:\s*\([^)]*\))?[*_]{0,2}:[*_]{0,2}\s*[\"“„«]"
)
"""A name with a quotation behind it: `Mike: "Good day."` where no Mike plays."""
TURN_MARKS = ("user", "assistant", "system", "human", "###")


@dataclass(frozen=True, slots=True)
class Move:
    """A move; `trimmed` where something behind it was cut off (the other's turn, a half
    sentence).
    """

    kind: Kind
    text: str = ""
    trimmed: bool = False


class Unread(NamedTuple):
    """Why a reply is no move."""

    reason: str


class _Fields(NamedTuple):
    """A reply by its labels: the kind it names, its labelled text, what stood under no label."""

    kind: str
    text: str
    rest: str


def read_move(
    text: str, names: tuple[str, str], language: str, *, cut: bool = False
) -> Move | Unread:
    """The move in a reply of `names[0]` to `names[1]`; `cut` where the reply was cut short."""
    text = _bare(text)
    if not text:
        return Unread("empty")
    own, trimmed = _own_part(text, names)
    if not own:
        return Unread("speaks for the other")
    move = _from_fields(own, language)
    if move is None and SOMEBODY.match(own):
        return Unread("speaks for somebody else")
    move = move or _unlabelled(own, language)
    if isinstance(move, Unread):
        return move
    whole = _whole_sentences(move.text) if cut else move.text
    return replace(move, text=whole, trimmed=trimmed or whole != move.text)


def _bare(text: str) -> str:
    """Without code fences, and as characters that a file can hold."""
    text = text.encode("utf-8", "replace").decode()
    return re.sub(r"^```\w*\n?|\n?```$", "", text.strip()).strip()


# -- whose words ----------------------------------------------------------------------------------


def _own_part(text: str, names: tuple[str, str]) -> tuple[str, bool]:
    """The reply up to where another turn begins, without the speaker's own name before it."""
    me, other = _prefix(*names), _prefix(*names[::-1])
    if other.match(text):
        return "", True
    found = me.match(text)
    text = text[found.end() :].strip() if found else text
    lines = text.split("\n")
    for at, line in enumerate(lines):
        if at and (other.match(line) or me.match(line) or _turn_mark(line)):
            return "\n".join(lines[:at]).strip(), True
    return text, False


def _prefix(name: str, other: str) -> re.Pattern[str]:
    """The name, or its first part where that is no one else's, with a colon behind it: `Ana:`,
    `**Ana** (smiling):`.
    """
    parts = {name} | ({name.split()[0]} - {other.split()[0]})
    names = "|".join(sorted((re.escape(part) for part in parts), key=len, reverse=True))
    return re.compile(
        rf"\s*[*_\[【]{{0,2}}(?:{names})[*_\]】]{{0,2}}(?:\s*[(（][^)）]*[)）])?[*_]{{0,2}}\s*[:：][*_]{{0,2}}",
        re.I,
    )


def _turn_mark(line: str) -> bool:
    bare = line.strip().casefold()
    return bare.startswith("###") or any(bare.startswith(f"{mark}:") for mark in TURN_MARKS)


# -- labels ---------------------------------------------------------------------------------------


def _from_fields(text: str, language: str) -> Move | Unread | None:
    """A move from labelled lines or an object; None where the reply has no such form."""
    fields = _object_fields(text, language) or _line_fields(text, language)
    if fields is None:
        return None
    words = read_in(language)
    kind = _kind_of(fields.kind, words) if fields.kind else None
    if fields.kind and kind is None:
        return Unread("unknown move")
    said = _unquoted(fields.text or fields.rest)
    if kind is None or kind == "speak":
        # what the text itself says goes before a label that only says "speak"
        return _unlabelled(said, language) if said else Unread("no words")
    if kind == "act" and not said:
        return Unread("no words")
    if kind == "silence":
        return Move("silence")
    if kind == "leave":
        found = _unlabelled(said, language) if said else Move("leave")
        own_words = found.text if isinstance(found, Move) and found.kind != "act" else ""
        return Move("leave", own_words)
    return Move("act", _inside(said))


def _line_fields(text: str, language: str) -> _Fields | None:
    words = read_in(language)
    labels = {
        "kind": [each for language_words in words for each in language_words.move],
        "text": [each for language_words in words for each in language_words.text],
    }
    found: dict[str, list[str]] = {"kind": [], "text": [], "rest": []}
    now, seen = "rest", False
    lines = text.split("\n")
    for at, line in enumerate(lines):
        name, rest = _label_of(line, labels, words, first=at == 0)
        if name == "kind" and rest and not labelled(line, labels["kind"]):
            now, seen = "text", True  # `Act: nods`: the label is the kind
            found["kind"].append(line.partition("：" if "：" in line else ":")[0])
            found["text"].append(rest)
        elif name:
            now, seen = name, True
            found[name].append(rest)
        else:
            found["rest" if now == "kind" else now].append(line)
    if not seen or (not found["kind"] and not labelled(lines[0], labels["text"])):
        return None
    joined = {key: "\n".join(each).strip() for key, each in found.items()}
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
            rest = labelled(line, [each for w in words for each in getattr(w, kind)])
            if rest:
                return "kind", rest
    return "", line


def _kind_apart(fields: _Fields, words: Sequence[Words]) -> _Fields:
    """`Move: speak - Come in!`: what follows the kind on its line is text, if there is no other."""
    if fields.text or fields.rest:
        return fields
    for kind in KINDS:
        word = begins(fields.kind, [each for w in words for each in getattr(w, kind)])
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
    kind = _first(by_key, [each for w in words for each in w.move])
    said = _first(by_key, [each for w in words for each in w.text])
    return _Fields(kind, said, "") if kind or said else None


def _first(by_key: dict[str, object], names: Sequence[str]) -> str:
    found = (by_key[name] for name in names if by_key.get(name))
    return str(next(found, "")).strip()


def _kind_of(text: str, words: Sequence[Words]) -> Kind | None:
    for kind in KINDS:
        if begins(text, [each for w in words for each in getattr(w, kind)]):
            return kind
    return None


# -- without labels -------------------------------------------------------------------------------


def _unlabelled(text: str, language: str) -> Move | Unread:
    text = _unquoted(text)
    if not re.search(r"\w", text):
        return Move("silence") if re.search(r"[.…。]", text) else Unread("no words")
    words = read_in(language)
    whole = ENCLOSED.fullmatch(text)
    if whole:
        return _marked(whole[1].strip(), words)
    last = LAST_MARK.fullmatch(text)
    if last and _leaves(last[2], words):
        before = list(_paragraphs(last[1]))
        return Move("leave", "\n\n".join(before))
    return Move("speak", "\n\n".join(_paragraphs(text)))


def _marked(inside: str, words: Sequence[Words]) -> Move:
    """What stands between asterisks or brackets: a silence, a leaving, or an act."""
    marks = {w.silence_mark for w in words} | {each for w in words for each in w.silence}
    bare = inside.casefold().rstrip(".。")
    if bare in {each.casefold() for each in marks} or _is_one(bare, [w.silent for w in words]):
        return Move("silence")
    return Move("leave") if _leaves(inside, words) else Move("act", inside)


def _leaves(inside: str, words: Sequence[Words]) -> bool:
    bare = inside.strip().rstrip(".。!！")
    named = {each for w in words for each in (w.leave_mark, *w.leave)}
    return bare.casefold() in named or _is_one(bare, [w.leaving for w in words])


def _is_one(text: str, patterns: Sequence[str]) -> bool:
    return any(re.fullmatch(pattern, text, re.I) for pattern in patterns)


def _paragraphs(text: str) -> Iterator[str]:
    for part in re.split(r"\n\s*\n", text):
        line = re.sub(r"\s*\n\s*", " ", part).strip()
        if line:
            yield line


def _inside(text: str) -> str:
    found = ENCLOSED.fullmatch(text)
    return found[1].strip() if found else text


def _unquoted(text: str) -> str:
    """Without quotation marks that stand around the whole."""
    text = text.strip()
    found = QUOTED.fullmatch(text)
    return found[1].strip() if found else text


def _whole_sentences(text: str) -> str:
    """Up to the last sentence that ends; all of it where none does."""
    ends = [match.end() for match in SENTENCE_END.finditer(text)]
    return text[: ends[-1]] if ends else text
