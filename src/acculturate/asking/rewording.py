"""Rewording: a teacher model says items in other words, and what changed their meaning is dropped.

    item --teacher--> other words --rules--> --the teacher: do both ask the same?--> kept

Rules know numbers, negations and length; the teacher is asked whether the two questions ask the
same. What is left is a file that a person reads before anything is measured with it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from acculturate.asking.option_texts import bare
from acculturate.asking.perturbing import lost_meaning
from acculturate.asking.presentation import filled
from acculturate.engines import Engine
from acculturate.errors import ConfigError, SurveyError
from acculturate.files import write_whole
from acculturate.records import (
    Choice,
    ChooseRequest,
    Failure,
    GenerateRequest,
    Generation,
    Item,
    Message,
    Sampling,
)

DRAWN = Sampling(temperature=0.7, top_p=0.95, max_tokens=160, seed=42)
SHORTEST, LONGEST = 0.5, 2.0
"""Times the letters that the question had."""
YES_NO = ("1", "2")
ASKING = ("?", "？")
QUOTES = "\"'“”„«»「」『』"


@dataclass
class Reworded:
    """Other words by item, and how often a draw was dropped for which reason."""

    stems: dict[str, str] = field(default_factory=dict)
    dropped: Counter[str] = field(default_factory=Counter)


def reword(engine: Engine, items: Sequence[Item], language: str, tries: int = 3) -> Reworded:
    """Return other words for as many of the items as the teacher finds in so many tries."""
    result = Reworded()
    for attempt in range(tries):
        open_items = [item for item in items if item.id not in result.stems]
        drawn = dict(_drafts(engine, open_items, language, attempt, result.dropped))
        same = _same(engine, [(item, drawn[item.id]) for item in open_items if item.id in drawn],
                     language)  # fmt: skip
        for key, stem in drawn.items():
            if same.get(key):
                result.stems[key] = stem
            else:
                result.dropped["the teacher does not find that it asks the same"] += 1
    return result


def write_synonyms(
    engine: Engine, items: Sequence[Item], languages: Sequence[str], out: Path, tries: int = 3
) -> Iterator[str]:
    """Write other words in each language into a new file; yields what was kept and dropped.

    Raises `ConfigError` where the file is there already, and `SurveyError` where no item got any.
    """
    import tomli_w

    check_new(out)
    if not languages:
        raise ConfigError("--languages names none: give tags with commas between them, as en,de.")
    tables = {}
    for language in languages:
        reworded = reword(engine, items, language, tries)
        tables[language] = reworded.stems
        yield f"{language}: other words for {len(reworded.stems)} of {len(items)} items"
        yield from (f"  dropped {n}: {why}" for why, n in reworded.dropped.most_common())
        lacking = [item.id for item in items if item.id not in reworded.stems]
        if lacking:
            yield f"  without: {', '.join(lacking)}"
    if not any(tables.values()):
        raise SurveyError(
            f"{engine.identity.model} found no other words that keep the meaning: name a larger "
            "model, or write the file by hand (docs/studies.md)."
        )
    write_whole(out, tomli_w.dumps(tables))
    yield f"Read it before you use it: {out}"


def check_new(out: Path) -> None:
    """Raise `ConfigError` for a file that is there already, or could not be written, before
    anything is asked for it.
    """
    if out.exists():
        raise ConfigError(f"{out} is there already, perhaps corrected by hand: name another file.")
    if not out.absolute().parent.is_dir():
        raise ConfigError(f"There is no folder {out.parent}: make it first, or name another file.")


def _drafts(
    engine: Engine, items: Sequence[Item], language: str, attempt: int, dropped: Counter[str]
) -> Iterator[tuple[str, str]]:
    """Yield items with other words that no rule speaks against."""
    asked = {
        GenerateRequest(_messages("reword", item, language), DRAWN, attempt): item for item in items
    }
    replies = dict(engine.generate(list(asked))) if asked else {}
    for request, item in asked.items():
        reply = replies[request.id]
        if not isinstance(reply, Generation):
            dropped["no reply"] += 1
            continue
        stem = _only_line(reply.text)
        if why := _objection(item.wording(language).stem, stem, language):
            dropped[why] += 1
        else:
            yield item.id, stem


def _only_line(text: str) -> str:
    """Return the first line that holds anything, without quotation marks around it."""
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    inside = line[1:-1] if len(line) > 1 and line[0] in QUOTES and line[-1] in QUOTES else line
    return inside.strip()


def _objection(stem: str, other: str, language: str) -> str:
    """Return what speaks against other words for a question; "" where nothing does."""
    if bare(other) == bare(stem):
        return "the same words"
    if (stem[-1] in ASKING) != (other[-1:] in ASKING):
        return "no question any more, or a question now"
    if not SHORTEST * len(stem) <= len(other) <= LONGEST * len(stem):
        return "much shorter or longer"
    return lost_meaning(stem, other, language)


def _same(engine: Engine, pairs: Sequence[tuple[Item, str]], language: str) -> dict[str, bool]:
    """Return by item whether the teacher finds that both ask the same, with "yes" first and with
    "no" first: one that always takes the first option finds nothing.
    """
    sides = [
        _says_yes(
            engine,
            {item.id: _messages("same", item, language, stem, swapped) for item, stem in pairs},
            YES_NO[swapped],
        )
        for swapped in (False, True)
    ]
    return {item.id: all(side[item.id] for side in sides) for item, _ in pairs}


def _says_yes(
    engine: Engine, prompts: Mapping[str, tuple[Message, ...]], yes: str
) -> dict[str, bool]:
    if not engine.can_choose:
        drawn = Sampling(0.0, 1.0, 4, DRAWN.seed)
        texts = {key: GenerateRequest(prompt, drawn) for key, prompt in prompts.items()}
        written = dict(engine.generate(list(texts.values()))) if texts else {}
        replies = {key: written[request.id] for key, request in texts.items()}
        return {
            key: isinstance(reply, Generation) and reply.text.strip().startswith(yes)
            for key, reply in replies.items()
        }
    choices = {key: ChooseRequest(prompt, YES_NO) for key, prompt in prompts.items()}
    weighed = dict(engine.choose(list(choices.values()))) if choices else {}
    return {key: _prefers(weighed[request.id], yes) for key, request in choices.items()}


def _prefers(reply: Choice | Failure, yes: str) -> bool:
    if isinstance(reply, Failure):
        return False
    at = YES_NO.index(yes)
    return reply.logprobs[at] > reply.logprobs[1 - at]


def _messages(
    name: str, item: Item, language: str, other: str = "", swapped: bool = False
) -> tuple[Message, ...]:
    stem = item.wording(language).stem
    return (Message("user", filled(name, language, stem=stem, other=other, swapped=swapped)),)
