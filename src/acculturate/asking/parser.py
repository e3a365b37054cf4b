"""The strict parser: which one option a text states, if any.

A number somewhere in a text is not an answer, and neither is a part of a text that happens to be an
option ("once a week" in "more than once a week"). Published evaluations take the first integer, so
that the "1" of a hotline number, or of a numbered list of places to call, becomes a person's
opinion about suicide. Here an answer counts only where the text, or one of its clauses, is an
option's label, its text, or both, and nothing more than words that change nothing ("I would say
that"); or where the label stands after words that state it ("I would choose 4"). Everything else is
a refusal (the text declines) or unclear (it names none or several, or negates one).

    >>> from acculturate.records import Option
    >>> scale = [Option(1, "1", "Yes"), Option(2, "2", "No")]
    >>> parse("2. No", scale).code
    2
    >>> parse("I cannot answer. Call 1-800-555 for help.", scale).reason
    'refused'
"""

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple

from acculturate.asking.characters import in_one_form
from acculturate.asking.cues import Cues, cues_for, is_read
from acculturate.asking.option_texts import Texts, bare, texts_of
from acculturate.records import Item, Option

Reason = Literal["stated", "refused", "unclear"]
Labels = Literal["any", "alone", "none"]
"""Which labels without words of choice count: any, those that are all of a clause, or none."""

# a number on its own: not part of a decimal, a range, a date, a telephone number, an ordinal
NUMBER_START = r"(?<![\w.,+/%-])(\d+)"
NUMBER = rf"{NUMBER_START}(?![\w/%+€£-]|[.,:]\d)"
LETTER = r"(?<![\w'.-])([A-Z])(?![\w'-]|\.\w)"
# what models put around an answer
WRAPPING = re.compile(
    r"</?(?:final_?answer|final|answer|response|solution|output|s)>|<\|\w+\|>|\[/?INST\]|\\boxed\b",
    re.IGNORECASE,
)
# other tags part what stands in them from what stands outside
TAG = re.compile(r"</?[A-Za-z][\w-]*(?:\s[^<>]*)?/?>")
LIST_GAP = "\u200b"
OUT_OF_TEN = (
    r"\s?\(?(?:/|out of|of|von|de|sobre)\s?10\)?"
    r"(?=[^\w\s/%+-]*(?:$|\n|[.,;!]\s| (?:because|since|weil|porque|[-–—(])))"
)
LONGEST = 400
"""Characters of a clause that may be an option's text with the words around it."""


class Parsed(NamedTuple):
    """`code` of the option stated, or None with the `reason`."""

    code: int | None
    reason: Reason


class Scale(NamedTuple):
    """The options of one question, as they can be named: codes by label and by bare text.

    `label` finds a label on its own, `label_first` one at the beginning, `mention` one that begins
    no sentence; `labelled` and `closed` are a whole text with a label at its beginning or its end,
    `listed` a clause that begins like an entry of a list, `out_of_ten` a
    label on a scale that ends with 10.
    """

    by_label: Mapping[str, int]
    by_text: Texts
    label: re.Pattern[str]
    label_first: re.Pattern[str]
    mention: re.Pattern[str]
    labelled: re.Pattern[str]
    closed: re.Pattern[str]
    listed: re.Pattern[str]
    out_of_ten: re.Pattern[str]


def parse(
    text: str, options: Sequence[Option], language: str = "", item: Item | None = None
) -> Parsed:
    """Read the one option that `text` states.

    `options` are those shown, with their labels and texts (``""`` at unnamed points of a scale and
    where it is not known what was shown); `item` is theirs, and its other texts are known as well.
    `language` is the one asked in, ``""`` where it is not known.
    """
    scale = _scale(tuple(options), item)
    text = scale.out_of_ten.sub(r"\1", _plain(text))
    cues = cues_for(text, language)
    whole = None if text.endswith("?") else _whole(text, scale) or _framed(text, scale, cues)
    if whole is not None:
        return whole
    clauses = _kept(_clauses(text, cues), cues)
    stating = [clause for clause in clauses if not cues.refusal.search(clause)]
    declined = len(stating) < len(clauses)
    # a question states nothing
    open_clauses = [clause for clause in stating if not clause.rstrip().endswith("?")]
    single = [cues.several.sub(" ", clause) for clause in open_clauses]
    stated = _stated(single, scale, cues, declined=declined)
    if not declined and single == open_clauses:
        labels: Labels = "none" if not is_read(text, language) else "alone" if stated else "any"
        stated |= _alone(single, scale, cues, labels)
    if stated:
        stated |= set(_instead(single, scale, cues))
    if len(stated) == 1:
        return Parsed(stated.pop(), "stated")
    return Parsed(None, "refused" if declined else "unclear")


@functools.lru_cache(maxsize=4096)
def _scale(options: tuple[Option, ...], item: Item | None) -> Scale:
    by_label = {option.label: option.code for option in options}
    any_label = "|".join(re.escape(mark) for mark in sorted(by_label, key=len, reverse=True))
    numbers = options[0].label.isdigit()
    label = NUMBER if numbers else LETTER
    return Scale(
        by_label,
        texts_of(options, item),
        re.compile(label),
        re.compile(rf"\W*{label}"),
        # a capital on its own may begin a sentence: as an answer it stands before a mark or the end
        re.compile(label if numbers else rf"{label}(?=\s*(?:[.,:;!?)]|\n|$))"),
        re.compile(
            rf"[^\w+./€£-]*({any_label})(?:[^\w%+/€£]*|\s*[.):=,-]*\s*([^\d+].*))", re.I | re.S
        ),
        re.compile(rf"(.*[^\w.,+/%-])({any_label})[^\w%]*", re.I | re.S),
        re.compile(rf"[^\w+.-]*({any_label})[.):=,-]+\s*(\D.*)", re.S),
        # "7 out of 10" is 7 where ten is the last label, and a share of something elsewhere
        re.compile(f"{NUMBER_START}{OUT_OF_TEN}" if "10" in by_label else r"(?!)()", re.I),
    )


def _plain(text: str) -> str:
    """Return `text` in one form of letters and quotes, without what models put around an answer."""
    text = TAG.sub("\n", WRAPPING.sub(" ", in_one_form(text)))
    text = re.sub(r"(?<!\w)_+|_+(?!\w)|~~[^~]+~~", "", text)
    return re.sub(r"\s*\n\s*", "\n", re.sub(r"[^\S\n]+", " ", text)).strip()


def _clauses(text: str, cues: Cues) -> list[str]:
    """Return the parts of a text between its turns; the number of a list's entry stays with the
    entry.
    """
    tied = re.sub(r"(?m)^(\W{0,4}\w{1,2}[.)]\W{0,2}) (?=\w)", rf"\1{LIST_GAP}", text)
    return [part for part in cues.turn.split(tied) if part and part.strip()]


def _kept(clauses: list[str], cues: Cues) -> list[str]:
    """Return the clauses that none after them takes back."""
    taken_back = [at for at, clause in enumerate(clauses) if cues.retract.match(clause)]
    return clauses[taken_back[-1] :] if taken_back else clauses


def _instead(clauses: Sequence[str], scale: Scale, cues: Cues) -> Iterator[int]:
    """Yield options that a clause names in the place of those before ("3. No, 4")."""
    for clause in clauses[1:]:
        cue = cues.instead.match(clause)
        match = cue and scale.label_first.match(clause[cue.end() :])
        if cue and match and match[1] in scale.by_label:
            after = clause[cue.end() + match.end() :]
            if cues.after.match(after) and not cues.unit.match(after.lstrip()):
                yield scale.by_label[match[1]]


def _whole(text: str, scale: Scale) -> Parsed | None:
    """Return what a text states that is nothing but an option's label, its text, or both; None for
    one that is more.
    """
    code = scale.by_text.get(bare(text))
    if code is not None:
        return Parsed(code, "stated")
    for pattern, label, rest in ((scale.labelled, 1, 2), (scale.closed, 2, 1)):
        match = pattern.fullmatch(text)
        if match is None:
            continue
        code = _code(scale, match[label])
        if match[rest] is None:
            return Parsed(code, "stated")
        if bare(match[rest]) in scale.by_text:
            # a label beside the text of another option states neither
            same = scale.by_text[bare(match[rest])] in (code, None)
            return Parsed(code, "stated") if same else Parsed(None, "unclear")
    return None


def _framed(text: str, scale: Scale, cues: Cues) -> Parsed | None:
    """Return what a text states that is an option's text in words that change nothing,
    and no more.
    """
    code = _by_text(text, scale, cues)
    return None if code is None else Parsed(code, "stated")


def _by_text(clause: str, scale: Scale, cues: Cues) -> int | None:
    """Return the option whose text is all that a clause says."""
    codes = map(scale.by_text.get, _cores(clause, cues))
    return next((code for code in codes if code is not None), None)


def _code(scale: Scale, label: str) -> int:
    return scale.by_label[label if label in scale.by_label else label.upper()]


def _stated(clauses: Sequence[str], scale: Scale, cues: Cues, *, declined: bool) -> set[int]:
    """Return options whose label stands right after words that state a choice."""
    options: set[int] = set()
    for clause in clauses:
        for cue in cues.statement.finditer(clause):
            before, rest = clause[: cue.start()], clause[cue.end() :]
            match = scale.label_first.match(rest)
            if match is None or match[1] not in scale.by_label:
                continue
            after = rest[match.end() :]
            named = cues.noun.fullmatch(cue[0].strip())
            if named and (declined or cues.topic.match(after) or not _empty(before, cues)):
                continue
            beside = set(_beside(after, scale, cues))
            near = before[-LONGEST:] + cue[0]
            negated = cues.negation.search(near) or cues.others.search(near)
            # "3 (no mucho)" is not denied
            denied = not beside and cues.denial.match(after)
            counts = cues.unit.match(after.lstrip()) or not cues.after.match(after)
            if not negated and not denied and not counts:
                options |= {scale.by_label[match[1]], *beside}
    return options


def _empty(before: str, cues: Cues) -> bool:
    """Return whether nothing stands before, or nothing but words that change nothing."""
    text = bare(before[-LONGEST:])
    return _starts(text, cues)[-1] >= len(text)


def _beside(rest: str, scale: Scale, cues: Cues) -> Iterator[int]:
    """Yield the option whose text follows a label after a mark: it contradicts the label where it
    is another one.
    """
    text = bare(rest[:LONGEST]) if re.match(r"\W*[.):=,(\"'–—-]", rest) else ""
    for start in _starts(text, cues):
        words = text[start:].split()
        for n in range(len(words), 0, -1):
            code = scale.by_text.get(" ".join(words[:n]))
            if code is not None:
                yield code
                return


def _alone(clauses: Sequence[str], scale: Scale, cues: Cues, labels: Labels) -> set[int]:
    """Return options that are all a clause says, by their texts and by `labels`."""
    by_text: set[int] = set()
    by_label: set[int] = set()
    partial = False
    for number, clause in enumerate(clauses):
        code = _by_text(clause, scale, cues)
        if code is not None:
            by_text.add(code)
        elif cues.partial.search(clause):
            partial = True
        elif labels == "any":
            by_label |= _labelled(clause, scale, cues, first=number == 0)
        elif labels == "alone":
            by_label |= _label_alone(clause, scale)
    if by_label and labels == "any":
        by_label |= set(_mentioned(clauses, scale, cues))
    return by_label | (set() if partial else by_text)


def _cores(clause: str, cues: Cues) -> Iterator[str]:
    """Yield a clause, bare, without one after another of the words around it that change
    nothing.
    """
    text = bare(clause) if len(clause) <= LONGEST else ""
    if not cues.negation.search(clause):
        text = bare(cues.within.sub(" ", text))
    for start in _starts(text, cues):
        core = text[start:]
        while core:
            yield core
            end = cues.tail.search(core)
            core = core[: end.start()].rstrip() if end else ""


def _starts(text: str, cues: Cues) -> list[int]:
    """Return where in a bare text an option's text may begin: at its beginning, and at and after
    each word that may stand before one.
    """
    starts = [0]
    while (begun := cues.lead.match(text, starts[-1])) and begun.end() > starts[-1]:
        words = [at for at in range(starts[-1] + 1, begun.end()) if text[at - 1] == " "]
        starts += [*words, begun.end() + (text[begun.end() :][:1] == " ")]
    return starts


def _label_alone(clause: str, scale: Scale) -> set[int]:
    """Return the option whose label is all of a clause, which no other statement may contradict."""
    match = scale.labelled.fullmatch(clause)
    return {_code(scale, match[1])} if match and match[2] is None else set()


def _mentioned(clauses: Sequence[str], scale: Scale, cues: Cues) -> Iterator[int]:
    """Yield options whose label stands on its own anywhere, unless its clause negates."""
    for clause in clauses:
        if not cues.negation.search(clause):
            for match in scale.mention.finditer(clause):
                if match[1] in scale.by_label and cues.after.match(clause, match.end()):
                    yield scale.by_label[match[1]]


def _labelled(clause: str, scale: Scale, cues: Cues, *, first: bool) -> set[int]:
    """Return the option whose label, with or without its text, is all that a clause says; or with
    which the first clause begins ("2. Because ...").
    """
    whole = _whole(clause, scale)
    if whole is not None:
        return set() if whole.code is None else {whole.code}
    entry = scale.listed.fullmatch(clause) if first else None
    if entry:
        return {_code(scale, entry[1]), *_beside(f":{entry[2]}", scale, cues)}
    labels = scale.label.findall(clause)
    if len(labels) != 1 or labels[0] not in scale.by_label:
        return set()
    alone = labels[0].casefold() in _cores(clause, cues)
    return {scale.by_label[labels[0]]} if alone else set()
