"""Asking: an item under a framing becomes a request, its reply an answer.

An `Ask` is everything that decides a prompt. Requests are made from it and replies are read with it
by pure functions, so a better reader of replies asks nothing again.
"""

import functools
import itertools
import math
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from acculturate.asking.answer_settings import AnswerSettings, AskKind
from acculturate.asking.parser import parse
from acculturate.asking.perturbing import Perturbation, perturbed_wording
from acculturate.asking.presentation import (
    NO_ANSWER_CODES,
    Labels,
    Presentation,
    instruction,
    item_text,
    orders,
    shown,
    shown_no_answer,
    wording_of,
)
from acculturate.asking.shares import read_shares
from acculturate.culture import Culture
from acculturate.engines.labels import LEAST
from acculturate.errors import StoreError
from acculturate.framing import Example, Framing, Persona, ShownExample
from acculturate.records import (
    Answer,
    AnswerKind,
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

UNWRITTEN = 0xE000
"""The first of the characters that no text has: of Unicode's private use."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One item put to the model once: under a framing, for a culture, in one presentation.

    `persona` is the respondent that the model is to answer for, under a framing that speaks of one.
    """

    item: Item
    framing: Framing
    culture: Culture | None
    presentation: Presentation
    sample: int = 0
    persona: Persona | None = None


def asks(
    items: Sequence[Item],
    framing: Framing,
    cultures: Sequence[Culture],
    settings: AnswerSettings,
    personas: Mapping[str, Sequence[Persona]] | None = None,
    start: int = 0,
) -> Iterator[Ask]:
    """Yield every ask of a survey under a framing from the `start`-th (from 0) on, prompts with a
    common beginning next to each other; those before it are counted, not made.

    A framing that does not speak of a culture is asked once, not once per culture; one that speaks
    of a respondent is asked for each of the culture's `personas`.
    """
    everyone = tuple(whose(framing, cultures, personas or {}))
    shapes = [tuple(_shapes(item, framing, settings)) for item in items]
    # a framing that ends with the culture has the same beginning for all of them
    together = [everyone] if framing.ends_with_culture else [(person,) for person in everyone]
    ways = sum(map(len, shapes)) * settings.texts
    whole, left = divmod(start, max(ways * len(together[0]), 1)) if together else (0, 0)
    for people in together[whole:]:
        for item, shown_as in zip(items, shapes, strict=True):
            size = len(shown_as) * len(people) * settings.texts
            if left < size:
                every = (
                    Ask(item, framing, culture, shape, sample, persona)
                    for shape in shown_as
                    for culture, persona in people
                    for sample in range(settings.texts)
                )
                yield from itertools.islice(every, left, None)
            left = max(left - size, 0)


def count_asks(
    items: Sequence[Item],
    framing: Framing,
    cultures: Sequence[Culture],
    settings: AnswerSettings,
    personas: Mapping[str, Sequence[Persona]] | None = None,
) -> int:
    """Return how many `asks` there are."""
    people = sum(1 for _ in whose(framing, cultures, personas or {}))
    ways = sum(1 for item in items for _ in _shapes(item, framing, settings))
    return people * ways * settings.texts


def _shapes(item: Item, framing: Framing, settings: AnswerSettings) -> Iterator[Presentation]:
    """Yield every way in which an item is shown in a framing's language."""
    s = settings
    for wording in range(min(s.wordings, len(item.wordings_in(framing.language)) or 1)):
        for perturbation in (None, *s.perturb):
            for order in shown_orders(item, s):
                yield shaped(item, order, framing, wording, s, perturbation)


def shaped(
    item: Item,
    order: tuple[int, ...],
    framing: Framing,
    wording: int,
    settings: AnswerSettings,
    perturbation: Perturbation | None = None,
) -> Presentation:
    """Return how an item is shown in an order, a wording and a framing's language, perturbed or
    not.
    """
    s, language = settings, framing.language
    reworded = (
        perturbed_wording(item, language, wording, perturbation, s.seed, s.synonyms)
        if perturbation
        else None
    )
    return Presentation(
        order,
        language,
        wording,
        s.labels,
        shares=s.kind == "stated",
        no_answer=s.no_answer == "offered",
        by_length=s.by_length,
        perturbation=perturbation or "",
        reworded=reworded,
    )


def ordered(item: Item, settings: AnswerSettings, way: int, ways: int) -> tuple[int, ...]:
    """Return the order of an item in the `way`-th (from 0) of so many ways to show all items: its
    own orders, spread over them.
    """
    own = shown_orders(item, settings)
    return own[way * len(own) // ways]


def shown_orders(item: Item, settings: AnswerSettings) -> tuple[tuple[int, ...], ...]:
    """Return the orders in which an item's options are shown, as places on its scale."""
    return orders(item, settings.orders, settings.seed, settings.random_orders)


def whose(
    framing: Framing, cultures: Sequence[Culture], personas: Mapping[str, Sequence[Persona]]
) -> Iterator[tuple[Culture | None, Persona | None]]:
    """Yield whom a framing speaks for: each culture, each of its persons, or nobody in
    particular.
    """
    everyone: Sequence[Culture | None] = cultures if framing.needs_culture else (None,)
    for culture in everyone:
        if framing.needs_persona and culture is not None:
            # without any, the framing itself says that it lacks one
            yield from ((culture, persona) for persona in personas.get(culture.code) or (None,))
        else:
            yield culture, None


def messages(ask: Ask) -> tuple[Message, ...]:
    """Return the system message (the framing, then what kind of reply is wanted) and the user's
    (the item, then what the framing has behind it).
    """
    frame, behind = framed(ask)
    system = f"{frame}\n\n{instruction(ask.presentation)}"
    item = item_text(ask.item, ask.presentation)
    user = f"{item}\n\n{behind}" if behind else item
    return (Message("system", system), Message("user", user))


def framed(ask: Ask) -> tuple[str, str]:
    """Return the framing of an ask, and what ends the user's message behind the item."""
    if not ask.framing.needs_examples:
        return _of_all_items(ask.framing, ask.culture, ask.persona)
    examples = tuple(
        _shown_example(example, ask.presentation.language, ask.presentation.labels)
        for example in ask.framing.examples(ask.item, ask.culture)
    )
    return ask.framing.around(ask.culture, ask.persona, examples)


@functools.lru_cache(maxsize=64)
def _of_all_items(
    framing: Framing, culture: Culture | None, persona: Persona | None
) -> tuple[str, str]:
    # items follow each other under the same framing: each persona's facts are told once
    return framing.around(culture, persona)


def _shown_example(example: Example, language: str, labels: Labels) -> ShownExample:
    """Return an answered item as it is asked: in its first wording, forward, under the
    same labels.
    """
    forward = Presentation(orders(example.item, "forward")[0], language, 0, labels)
    option = shown(example.item, forward)[example.place]
    return ShownExample(_example_text(example.item, forward), option.label, option.text)


@functools.lru_cache(maxsize=4096)
def _example_text(item: Item, presentation: Presentation) -> str:
    # a survey's few items are examples in the prompts of many
    return item_text(item, presentation)


def choose_request(ask: Ask) -> ChooseRequest:
    """Ask for the probability of each option's label."""
    return ChooseRequest(messages(ask), tuple(option.label for option in every_option(ask)))


def every_option(ask: Ask) -> tuple[Option, ...]:
    """Return the options in the order in which they are shown, those that give no answer last."""
    shape = ask.presentation
    return (*shown(ask.item, shape), *shown_no_answer(ask.item, shape))


def generate_request(ask: Ask, sampling: Sampling) -> GenerateRequest:
    """Ask for a text that states an option."""
    return GenerateRequest(messages(ask), sampling, ask.sample)


def request(ask: Ask, kind: AskKind, sampling: Sampling) -> Request:
    """Return the request of an answer kind; `sampling` is what a `sampled` or `stated` one draws
    with.
    """
    return choose_request(ask) if kind == "expected" else generate_request(ask, sampling)


def answer(ask: Ask, reply: Reply) -> Answer:
    """Return what a reply says about the item.

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
        perturbation=ask.presentation.perturbation,
        respondent=ask.persona.id if ask.persona else "",
        cut=isinstance(reply, Generation) and reply.stop == "length",
        **read._asdict(),
    )


class _Stated(NamedTuple):
    """What a reply states, as the fields of an answer."""

    kind: AnswerKind
    text: str = ""
    code: int | None = None
    probabilities: tuple[float, ...] | None = None
    no_answer: tuple[float, ...] = ()
    mass: float | None = None


def _read(ask: Ask, reply: Reply) -> _Stated:
    if isinstance(reply, Choice):
        return _read_choice(ask, reply)
    if ask.presentation.shares:
        return _read_shares(ask, reply)
    if isinstance(reply, Generation):
        options = _readable(every_option(ask))
        parsed = parse(reply.text, options, ask.presentation.language, ask.item)
        code = None if _cut_in_label(reply, options) else parsed.code
        if code in NO_ANSWER_CODES and ask.presentation.no_answer:
            none = tuple(float(code == other) for other in NO_ANSWER_CODES)
            return _Stated("sampled", reply.text, no_answer=none)
        none = (0.0, 0.0) if ask.presentation.no_answer and code is not None else ()
        return _Stated("sampled", reply.text, code, no_answer=none)
    assert isinstance(reply, Failure)
    return _Stated("sampled")


def _read_shares(ask: Ask, reply: Reply) -> _Stated:
    """Return the shares in scale order; none where the length limit may have cut the last
    number.
    """
    if not isinstance(reply, Generation):
        return _Stated("stated")
    cut = reply.stop == "length" and reply.text[-1:].isalnum()
    shares = None if cut else read_shares(reply.text, every_option(ask), ask.presentation.language)
    if shares is None:
        return _Stated("stated", reply.text)
    return _parted(ask, shares, _Stated("stated", reply.text))


def _readable(options: Sequence[Option]) -> tuple[Option, ...]:
    """Return options as the parser knows them: one that is its own label has none that is ever
    written, and is read by its text.
    """
    return tuple(
        replace(option, label=chr(UNWRITTEN + at)) if option.label == option.text else option
        for at, option in enumerate(options)
    )


def _parted(ask: Ask, shares: Sequence[float], stated: _Stated) -> _Stated:
    """Return `stated` with what weights of all shown options say: the shares of those who answer,
    in scale order, and the shares of all that give no answer.
    """
    order = ask.presentation.order
    total, answered = math.fsum(shares), math.fsum(shares[: len(order)])
    none = tuple(share / total for share in shares[len(order) :])
    if answered <= 0:
        return stated._replace(no_answer=none)
    by_place = dict(zip(order, shares[: len(order)], strict=True))
    probabilities = tuple(by_place[place] / answered for place in range(len(order)))
    return stated._replace(probabilities=probabilities, no_answer=none)


def _cut_in_label(reply: Generation, options: Sequence[Option]) -> bool:
    """Return whether the length limit may have cut a longer label short: the "1" of "10"."""
    if reply.stop != "length":
        return False
    end = re.search(r"\w*\Z", unicodedata.normalize("NFKC", reply.text))
    last = end[0] if end else ""
    labels = [option.label for option in options]
    return last in labels and any(label != last and label.startswith(last) for label in labels)


def _read_choice(ask: Ask, reply: Choice) -> _Stated:
    """Return the probabilities over the shown labels in scale order, normalised; none where no
    label has any.
    """
    if max(reply.logprobs) <= LEAST:
        return _Stated("expected", mass=0.0)
    try:
        mass = sum(math.exp(logprob) for logprob in reply.logprobs)
        return _parted(ask, _weights(ask, reply), _Stated("expected", mass=mass))
    except (ValueError, OverflowError) as error:
        raise StoreError(
            f"The reply kept for {ask.item.id} does not fit its {len(every_option(ask))} options: "
            "put a copy of run.db back, or give a new run another folder with --out."
        ) from error


def _weights(ask: Ask, reply: Choice) -> list[float]:
    """Return what each shown option weighs: its probability, or that of one of its characters on
    average (its logarithm divided by its length), as lm-eval has it in `acc_norm`.
    """
    logprobs: Sequence[float] = reply.logprobs
    shape = ask.presentation
    if shape.by_length and not wording_of(ask.item, shape).anchored:
        lengths = [len(option.label) for option in every_option(ask)]
        logprobs = [one / length for one, length in zip(logprobs, lengths, strict=True)]
    return [math.exp(logprob) for logprob in logprobs]
