"""Asking: an item under a framing becomes a request, its reply an answer.

An `Ask` is everything that decides a prompt. Requests are made from it and replies are read with it
by pure functions, so a better reader of replies asks nothing again.
"""

import math
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from acculturate.asking.parser import parse
from acculturate.asking.presentation import (
    Labels,
    Orders,
    Presentation,
    instruction,
    item_text,
    orders,
    shown,
)
from acculturate.culture import Culture
from acculturate.framing import Framing
from acculturate.records import (
    Answer,
    Choice,
    ChooseRequest,
    Failure,
    GenerateRequest,
    Generation,
    Item,
    Message,
    Option,
    Reply,
    Request,
    Sampling,
)

Kind = Literal["expected", "sampled"]


@dataclass(frozen=True, slots=True)
class Ask:
    """One item put to the model once: under a framing, for a culture, in one presentation."""

    item: Item
    framing: Framing
    culture: Culture | None
    presentation: Presentation
    sample: int = 0


def asks(
    items: Sequence[Item],
    framing: Framing,
    cultures: Sequence[Culture],
    which: Orders = "balanced",
    labels: Labels = "numbers",
    wordings: int = 1,
    samples: int = 1,
) -> Iterator[Ask]:
    """Every ask of a survey under a framing, prompts with a common beginning next to each other.

    A framing that does not speak of a culture is asked once, not once per culture.
    """
    whose: Sequence[Culture | None] = cultures if framing.needs_culture else (None,)
    for culture in whose:
        for item in items:
            for wording in range(min(wordings, len(item.wordings.get(framing.language, ())) or 1)):
                for order in orders(item, which):
                    shape = Presentation(order, framing.language, wording, labels)
                    for sample in range(samples):
                        yield Ask(item, framing, culture, shape, sample)


def messages(ask: Ask) -> tuple[Message, ...]:
    """System: the framing, then what kind of reply is wanted. User: the item."""
    system = f"{ask.framing.system(ask.culture)}\n\n{instruction(ask.presentation)}"
    return (Message("system", system), Message("user", item_text(ask.item, ask.presentation)))


def choose_request(ask: Ask) -> ChooseRequest:
    """Ask for the probability of each option's label."""
    labels = tuple(option.label for option in shown(ask.item, ask.presentation))
    return ChooseRequest(messages(ask), labels)


def generate_request(ask: Ask, sampling: Sampling) -> GenerateRequest:
    """Ask for a text that states an option."""
    return GenerateRequest(messages(ask), sampling, ask.sample)


def request(ask: Ask, kind: Kind, sampling: Sampling) -> Request:
    """The request of an answer kind; `sampling` is what a `sampled` one draws with."""
    return choose_request(ask) if kind == "expected" else generate_request(ask, sampling)


def answer(ask: Ask, reply: Reply) -> Answer:
    """What a reply says about the item.

    A failure is a refusal, and so is a text that states nothing or was cut within a label.
    """
    read = _read(ask, reply)
    return Answer(
        item=ask.item.id,
        framing=ask.framing.name,
        culture=ask.culture.code if ask.culture else "",
        language=ask.presentation.language,
        wording=ask.presentation.wording,
        order=ask.presentation.order,
        sample=ask.sample,
        framing_wording=ask.framing.wording,
        labels=ask.presentation.labels,
        **read,
    )


def _read(ask: Ask, reply: Reply) -> dict[str, Any]:
    if isinstance(reply, Choice):
        return _read_choice(ask, reply)
    if isinstance(reply, Generation):
        options = shown(ask.item, ask.presentation)
        parsed = parse(reply.text, options, ask.presentation.language)
        code = None if _cut_in_label(reply, options) else parsed.code
        return {"kind": "sampled", "code": code, "text": reply.text}
    assert isinstance(reply, Failure)
    return {"kind": "sampled", "text": ""}


def _cut_in_label(reply: Generation, options: Sequence[Option]) -> bool:
    """Whether the length limit may have cut a longer label short: the "1" of "10"."""
    if reply.stop != "length":
        return False
    end = re.search(r"\w*\Z", unicodedata.normalize("NFKC", reply.text))
    last = end[0] if end else ""
    labels = [option.label for option in options]
    return last in labels and any(each != last and each.startswith(last) for each in labels)


def _read_choice(ask: Ask, reply: Choice) -> dict[str, Any]:
    """Probabilities over the shown labels, put back in scale order and normalised."""
    shares = [math.exp(logprob) for logprob in reply.logprobs]
    mass = sum(shares)
    by_place = dict(zip(ask.presentation.order, shares, strict=True))
    probabilities = tuple(by_place[place] / mass for place in range(len(shares))) if mass else None
    return {"kind": "expected", "probabilities": probabilities, "mass": mass}
