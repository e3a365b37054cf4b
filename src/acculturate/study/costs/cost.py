"""Costs: what a stage's work takes, in seconds and memory on this machine, or in money at a server.

Seconds are operations over the peak of this machine and the share of it that such work reaches
(study/costs/machine.py); a step of writing also waits for the weights and the cache to be read from
memory. Memory is the weights, what is kept of the tokens at hand, and the logits. Money is tokens
times price.
"""

from dataclasses import dataclass

from acculturate.engines.hf.model_shape import ModelShape
from acculturate.engines.server.server_settings import ServerSettings
from acculturate.methods.workload import NOTHING, Amount, Work
from acculturate.study.costs.machine import (
    LAYER_SECONDS,
    READING,
    STEP_SECONDS,
    TUNING,
    WRITING,
    Machine,
)

GIB = 2**30
PROGRAM = 700_000_000
"""Bytes of the program itself, with torch and transformers in it."""

CHUNK, SIDE_BY_SIDE = 1024, 4096
"""Tokens that are computed at once, in weighing options and in tuning; in weighing options where
prompts share nothing."""

KEPT, COMPUTED = 23, 16
"""Numbers a token and layer, in multiples of the model's width: kept for the gradient (1.6 MB a
token at 135 million parameters), and alive while a layer is computed."""

CONVERSATIONS = 2 * GIB
"""The most that is kept of earlier prompts (engines/hf/memory.py)."""

PACKED_WEIGHTS, PACKS = 250_000_000, 4
"""Up to which size a model's matrices are packed on a processor, and how many packs there are."""

LOGITS = 3
"""Copies of a row of logits, in float32: as computed, and for its sum."""

LABEL_TOKENS = 16
"""The most that a server writes for one draw of an option."""

LAST = 1.5
"""The longest text of a batch, over the mean: a batch is written until that one has ended."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds and bytes where a model is on this machine, money where a server has a price."""

    seconds: Amount | None = None
    memory: float | None = None
    money: Amount | None = None
    billed: Amount | None = None


def local_cost(work: Work, shape: ModelShape, machine: Machine) -> Cost:
    """Return what work takes on this machine; what is answered takes nothing."""
    likely = _seconds(work, 0, shape, machine)
    most = _seconds(work, 1, shape, machine)
    return Cost(seconds=Amount(likely, max(likely, most)), memory=_memory(work, shape, machine))


def _seconds(work: Work, which: int, shape: ModelShape, machine: Machine) -> float:
    """Return the seconds of the likely amounts (`which` 0), or of the most (1)."""
    prompts, tokens, written, left = (
        amount[which] for amount in (work.prompts, work.computed, work.written, work.left)
    )
    seen = work.sizes.seen
    if work.kind == "tune":
        # the gradient of what lies below takes as much again; frozen weights need none of their own
        again = 3 if machine.device == "cuda" else 2
        # layers below those trained are computed once for all rows, or in every step, forwards
        below = (1 - work.upper) / (work.epochs if shape.shares else 1)
        passes = again * work.upper + below
        work_done = passes * shape.flops(tokens, seen, max(prompts, written))
        steps = prompts / work.rows * work.upper * shape.layers if machine.device == "cpu" else 0
        return left * (work_done / (machine.peak * TUNING) + steps * STEP_SECONDS)
    asked = {"choose": prompts, "read": tokens}.get(work.kind, 0.0)
    reading = shape.flops(tokens, seen, asked) / (machine.peak * READING)
    return left * (reading + _writing(work, prompts, written, shape, machine))


def _writing(
    work: Work, prompts: float, written: float, shape: ModelShape, machine: Machine
) -> float:
    if not (written and prompts):
        return 0.0
    batches = prompts / max(1, min(work.rows, prompts))
    steps = batches * min(work.room, LAST * written / prompts)
    products = 2 * (shape.body + shape.head) * written / (machine.peak * WRITING)
    weights = steps * (shape.body + shape.head)
    cache = written * (work.sizes.read + work.room / 2) * shape.cached
    waiting = (weights + cache) * machine.number / machine.reads
    return products + waiting + steps * LAYER_SECONDS * shape.layers


def _memory(work: Work, shape: ModelShape, machine: Machine) -> float:
    """Return the most bytes: program, weights, what is kept of tokens, and logits."""
    number = machine.number
    adapted = work.ref.startswith("@") and number == 4
    held = shape.parameters * number + (PROGRAM if machine.device == "cpu" else 0)
    if adapted:  # the weights without the adapter are remembered beside those with it
        held += shape.body * number
    layer = CHUNK * COMPUTED * shape.hidden * number
    if work.kind == "tune":
        tokens = max(CHUNK, work.sizes.longest)
        # computed twice, a token keeps one number of the model's width for each layer
        kept = tokens * shape.layers * work.upper * shape.hidden * number
        gradient = layer + kept if machine.device == "cuda" else KEPT * kept
        places = work.rows * max(1.0, work.reply.most)
        return held + gradient + min(places, CHUNK) * shape.vocabulary * 4 * LOGITS
    if work.kind in ("choose", "read"):
        at_once = CHUNK if shape.shares or work.kind == "read" else SIDE_BY_SIDE
        scored = at_once / max(1.0, work.sizes.computed) if work.kind == "choose" else at_once
        logits = scored * shape.vocabulary * 4 * LOGITS
        tokens = at_once * (COMPUTED * shape.hidden + shape.cached) * number
        return held + tokens + logits
    cache = work.rows * (work.sizes.longest + work.room) * shape.cached * number
    packed = machine.device == "cpu" and number == 4 and shape.parameters < PACKED_WEIGHTS
    packs = PACKS * (shape.body + shape.head) * number if packed else 0
    logits = work.rows * shape.vocabulary * 4 * LOGITS
    return held + layer + cache + min(cache, CONVERSATIONS) + packs + logits


def server_cost(work: Work, settings: ServerSettings) -> Cost:
    """Return what a server bills for what is not answered yet; money only where it has a price.

    A choice is one token where the server lists probabilities, and at most as many draws as the
    settings allow, each of which may read its prompt anew.
    """
    draws = settings.samples if work.kind == "choose" else 1
    read = Amount(work.read.likely, work.read.most * draws).times(work.left)
    new = (
        Amount(work.prompts.likely, work.prompts.most * draws * LABEL_TOKENS)
        if work.kind == "choose"
        else work.written
    ).times(work.left)
    money = None
    if settings.price is not None:
        for_read, for_new = settings.price
        money = read.times(for_read / 1e6).plus(new.times(for_new / 1e6))
    return Cost(money=money, billed=read.plus(new))


def in_all(amounts: list[Amount]) -> Amount:
    """Return the sum."""
    total = NOTHING
    for amount in amounts:
        total = total.plus(amount)
    return total
