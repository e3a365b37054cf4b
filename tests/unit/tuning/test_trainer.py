"""The loss is what it says, whatever the padding and the batches."""

import contextlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch

from acculturate.engines.hf import LoadedModel
from acculturate.records import Message, TrainingRow
from acculturate.tuning.loss_logits import portions, read_logits, tree_attention_in
from acculturate.tuning.row_losses import batch_loss, step_items, target_spread
from acculturate.tuning.tokenised_rows import Example, label_logprobs, make_example
from acculturate.tuning.trainer import RowOrder, arguments
from acculturate.tuning.tuning_settings import resolve

CHATML = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
TEN = tuple(str(n) for n in range(1, 11))


def rows() -> list[TrainingRow]:
    def ask(text: str) -> tuple[Message, ...]:
        return (Message("system", "Be a person."), Message("user", text))

    return [
        TrainingRow(ask("Short?"), "", "", completion="3"),
        TrainingRow(ask("A longer one, from 1 to 10?"), "", "", labels=TEN, target=(0.1,) * 10),
        TrainingRow(ask("What do you say?"), "", "", completion="Very important", weight=3.0),
        TrainingRow(ask("Two?"), "", "", labels=("1", "2"), target=(0.9, 0.1), weight=0.5),
    ]


def examples(tokenizer: Any) -> list[Example]:
    made = [make_example(tokenizer, row, 512) for row in rows()]
    return [example for example in made if example is not None]


def loss(model: Any, made: list[Example], pad: int = 1, *, packed: bool = False) -> torch.Tensor:
    with contextlib.ExitStack() as stack:
        if packed:
            assert stack.enter_context(tree_attention_in(model))
        return batch_loss(read_logits(model, made, pad, packed=packed), made)


def gradients(model: Any, value: torch.Tensor) -> list[torch.Tensor]:
    model.zero_grad()
    value.backward()  # type: ignore[no-untyped-call]
    return [parameter.grad.clone() for parameter in model.parameters()]


@pytest.mark.parametrize("template", [CHATML, None], ids=["chat", "plain"])
@pytest.mark.parametrize("packed", [False, True])
def test_loss_and_gradient_are_those_of_the_rows_one_by_one(
    make_tokenizer: Callable[..., Any],
    make_model: Callable[[Any], LoadedModel],
    template: str | None,
    packed: bool,
) -> None:
    base = make_model(make_tokenizer(template=template))
    made = examples(base.tokenizer)
    assert [len(example.sequences) > 1 for example in made] == [False, not template, False, False]
    alone = torch.stack([loss(base.model, [example]) for example in made]).sum()
    expected = gradients(base.model, alone)
    together = loss(base.model, made, pad=5, packed=packed)
    assert together.item() == pytest.approx(alone.item(), rel=1e-5)
    for ours, theirs in zip(gradients(base.model, together), expected, strict=True):
        assert torch.allclose(ours, theirs, atol=1e-4, rtol=1e-3)
    assert base.model.config._attn_implementation == "sdpa"


@pytest.mark.parametrize("template", [CHATML, None], ids=["chat", "plain"])
@pytest.mark.parametrize("packed", [False, True])
def test_a_conversation_costs_what_its_replies_cost_one_by_one(
    make_tokenizer: Callable[..., Any],
    make_model: Callable[[Any], LoadedModel],
    template: str | None,
    packed: bool,
) -> None:
    base = make_model(make_tokenizer(template=template))
    talk = (
        Message("system", "Be Ana."),
        Message("user", "Hello."),
        Message("assistant", "Good day."),
        Message("user", "Well?"),
    )
    whole = TrainingRow(talk, "", "", completion="Fine.", trained=(2,))
    replies = [
        TrainingRow(talk[:2], "", "", completion="Good day."),
        TrainingRow(talk, "", "", completion="Fine."),
    ]
    together, *alone = (make_example(base.tokenizer, row, 512) for row in (whole, *replies))
    assert together is not None
    apart = [example for example in alone if example is not None]
    expected = loss(base.model, apart).item()
    assert loss(base.model, [together], packed=packed).item() == pytest.approx(expected, rel=1e-5)
    assert together.items == sum(example.items for example in apart)


@pytest.mark.parametrize("packed", [False, True])
def test_a_batch_in_portions_costs_what_it_costs_whole(tiny: LoadedModel, packed: bool) -> None:
    made = examples(tiny.tokenizer)
    widest = max(sum(map(len, batch.sequences)) for batch in made)
    cut = list(portions(made, packed=packed, budget=widest))
    assert len(cut) > 1
    assert [example for part in cut for example in part] == made
    whole = loss(tiny.model, made, packed=packed).item()
    apart = sum(loss(tiny.model, list(part), packed=packed).item() for part in cut)
    assert apart == pytest.approx(whole, rel=1e-5)
    assert [list(part) for part in portions(made, packed=packed, budget=1)] == [[e] for e in made]


def test_packed_rows_that_begin_alike_share_a_portion(tiny: LoadedModel) -> None:
    (first, *_) = examples(tiny.tokenizer)
    alike = [first] * 8
    size = len(first.sequences[0])
    assert len(list(portions(alike, packed=True, budget=size))) == 1
    assert len(list(portions(alike, packed=False, budget=size))) == 8


def test_a_weight_of_two_is_the_row_twice(tiny: LoadedModel) -> None:
    plain = replace(rows()[2], weight=1.0)
    once, twice = (
        make_example(tiny.tokenizer, row, 512) for row in (plain, replace(plain, weight=2.0))
    )
    other = examples(tiny.tokenizer)[1]
    assert once is not None
    assert twice is not None
    heavy, many = [twice, other], [once, once, other]
    means = [loss(tiny.model, batch).item() / step_items(batch) for batch in (heavy, many)]
    assert means[0] == pytest.approx(means[1], rel=1e-5)
    light = [once, other]
    assert loss(tiny.model, light).item() / step_items(light) != pytest.approx(means[0], rel=1e-3)


def test_a_model_that_cannot_be_packed_says_so(tiny: LoadedModel) -> None:
    tiny.model.config.model_type = "unheard-of"
    with tree_attention_in(tiny.model) as packed:
        assert not packed


def test_a_completions_loss_is_the_models_own(tiny: LoadedModel) -> None:
    example = examples(tiny.tokenizer)[2]
    whole = torch.tensor([[*example.sequences[0], example.trained[-1]]])
    labels = whole.clone()
    labels[0, : -len(example.trained)] = -100
    mean = tiny.model(whole, labels=labels).loss.item()
    ours = loss(tiny.model, [example]).item()
    assert ours == pytest.approx(3.0 * mean * len(example.trained), rel=1e-5)


def test_items_count_tokens_of_completions_and_one_a_target(tokenizer: Any) -> None:
    made = examples(tokenizer)
    counts = [len(made[0].trained), 1, len(made[2].trained), 1]
    assert [e.items for e in made] == counts
    assert step_items(made) == counts[0] + 1 + 3.0 * counts[2] + 0.5


def test_every_step_is_a_random_draw_sorted_only_inside() -> None:
    lengths = [length % 7 for length in range(22)]
    order = RowOrder(lengths, batch=4, accumulation=2, seed=3)
    first, second = list(order), list(order)
    assert len(first) == len(order) == 6
    assert sorted(row for rows in first for row in rows) == list(range(22))
    assert first != second
    assert list(RowOrder(lengths, batch=4, accumulation=2, seed=3)) == first
    for start in (0, 2):
        step = [lengths[row] for rows in first[start : start + 2] for row in rows]
        assert step == sorted(step)
    assert [row for rows in first for row in rows] != sorted(range(22), key=lengths.__getitem__)


def test_a_short_training_wastes_no_step_on_warming_up(tmp_path: Any) -> None:
    def warmup(batches: int) -> int:
        return int(arguments(resolve(), batches, "cpu", str(tmp_path)).warmup_steps)

    assert [warmup(1), warmup(19), warmup(20), warmup(100)] == [0, 0, 2, 10]


def test_the_cpu_trains_in_the_models_own_precision(tmp_path: Any) -> None:
    made = arguments(resolve("published"), 4, "cpu", str(tmp_path))
    assert (made.bf16, made.fp16, made.activation_checkpointing) == (False, False, False)
    assert (made.gradient_accumulation_steps, made.per_device_train_batch_size) == (32, 4)


@pytest.mark.parametrize("packed", [False, True])
def test_the_model_s_own_answer_has_no_gradient(tiny: LoadedModel, packed: bool) -> None:
    """Shares and mass as they are teach nothing; shares alone sharpen the answer."""
    ask = (Message("system", "Be a person."), Message("user", "Two?"))
    even = TrainingRow(ask, "", "", labels=("1", "2"), target=(0.5, 0.5))
    made = make_example(tiny.tokenizer, even, 512)
    assert made is not None
    assert made.plan is not None
    with torch.no_grad(), contextlib.ExitStack() as stack:
        if packed:
            stack.enter_context(tree_attention_in(tiny.model))
        logits_RV = read_logits(tiny.model, [made], 1, packed=packed)
        logp = dict(zip(made.plan.questions, logits_RV.log_softmax(-1), strict=True))
        share_L = label_logprobs(logp, made.plan).exp()
    mass = float(share_L.sum())
    assert mass < 0.9
    own = replace(made, target=tuple((share_L / share_L.sum()).tolist()), mass=mass)
    norms = [
        sum(
            float(gradient.abs().sum())
            for gradient in gradients(tiny.model, loss(tiny.model, [row]))
        )
        for row in (own, replace(own, mass=1.0))
    ]
    assert norms[0] < 1e-3 * norms[1]


def group_rows() -> list[TrainingRow]:
    """Two groups of two cultures, and a row by itself."""
    return [
        TrainingRow(
            (Message("user", f"How is {thing}? From {place}"),),
            place,
            thing,
            labels=("1", "2", "3"),
            target=target,
            weight=weight,
            group=group,
        )
        for thing, place, target, weight, group in [
            ("tea", "here", (0.7, 0.2, 0.1), 1.0, "tea"),
            ("milk", "here", (0.1, 0.1, 0.8), 1.0, "milk"),
            ("tea", "there", (0.3, 0.2, 0.5), 3.0, "tea"),
            ("milk", "there", (0.2, 0.1, 0.7), 1.0, "milk"),
            ("wine", "here", (0.2, 0.2, 0.6), 1.0, ""),
        ]
    ]


def test_contrast_is_the_squared_error_of_deviations_from_the_group_s_mean(
    tiny: LoadedModel,
) -> None:
    made = [example for row in group_rows() if (example := make_example(tiny.tokenizer, row, 512))]
    with torch.no_grad():
        logits_RV = read_logits(tiny.model, made, 1, packed=False)
        plain, both = (float(batch_loss(logits_RV, made, weight)) for weight in (0.0, 2.0))
    share_RL = torch.stack(
        [
            label_logprobs({(): part_V.log_softmax(-1)}, example.plan).exp()
            for part_V, example in zip(logits_RV, made, strict=True)
            if example.plan
        ]
    )
    expected = 0.0
    for at, weights in (((0, 2), (1.0, 3.0)), ((1, 3), (1.0, 1.0))):
        weight_R = torch.tensor(weights)[:, None]
        error_RL = share_RL[list(at)] - torch.tensor([made[k].target for k in at])
        error_RL = error_RL - (weight_R * error_RL).sum(0) / weight_R.sum()
        expected += float((weight_R * error_RL**2).sum())
    assert both - plain == pytest.approx(2.0 * expected, rel=1e-4)
    # tea: .3 and .1 from the mean, which is nearer to the heavier row; milk: .05
    spread = 1.0 * (0.3**2 + 0.3**2) + 3.0 * (0.1**2 + 0.1**2) + 2 * 2 * 0.05**2
    assert target_spread(made) == pytest.approx(spread / 6, rel=1e-5)
    assert target_spread(made[:1]) == target_spread(made[4:]) == 0


def test_equal_targets_have_no_spread_whatever_rounding_makes_of_them(tiny: LoadedModel) -> None:
    """To divide by a spread of 1e-16 would teach that nothing but equality matters."""
    made = [example for row in group_rows() if (example := make_example(tiny.tokenizer, row, 512))]
    targets = [(0.2 + off, 0.5 - off, 0.3) for off in (0.0, 1e-7, 2e-7)]
    alike = [
        replace(example, target=target, group="tea")
        for example, target in zip(made, targets, strict=False)
    ]
    assert target_spread(alike) == 0


def test_a_group_is_one_row_of_a_step_and_never_cut(tiny: LoadedModel) -> None:
    names = [row.group for row in group_rows()]
    batches = list(RowOrder([5, 4, 3, 2, 1], batch=1, accumulation=1, seed=0, groups=names))
    assert sorted(batches) == [[2, 0], [3, 1], [4]]
    made = [example for row in group_rows() if (example := make_example(tiny.tokenizer, row, 512))]
    cut = list(portions([made[2], made[0], made[3], made[1], made[4]], packed=True, budget=1))
    assert [[example.group for example in part] for part in cut] == [
        ["tea", "tea"], ["milk", "milk"], [""],
    ]  # fmt: skip
