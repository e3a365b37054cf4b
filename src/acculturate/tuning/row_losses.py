"""The loss of training rows, from the logits at their places.

A step's loss is the sum over its rows of weight x loss, divided by the sum of weight x items (a
completion's items are its tokens, a target is one item): nats per item, whatever the batches.

Rows of a group put an item to several cultures. Cross-entropy alone is nearly satisfied by the mean
of their targets, and hardly learns what tells them apart, so how they deviate from each other can
be learned as well. Per row, with p the labels' probabilities and t its target,

    contrast * |(p - mean p) - (t - mean t)|^2 / V      V: the mean over all rows of |t - mean t|^2

so that a model blind to the culture loses about `contrast` a row.

Imports torch: only `trainer` imports this module.
"""

from collections.abc import Sequence

import torch

from acculturate.tuning.tokenised_rows import Example, label_logprobs

TINY = 1e-7
"""The least probability of all that is no label whose logarithm is taken."""
LEAST_SPREAD = 1e-6
"""Squared, a thousandth: targets that differ by less count as equal. To divide by what rounding
leaves between them would teach nothing but equality, and undo the training."""


def batch_loss(
    logits_RV: torch.Tensor, examples: Sequence[Example], contrast: float = 0.0
) -> torch.Tensor:
    """Return the sum over the examples of weight x loss, in nats, from the logits at all places.

    `contrast` is the weight of the squared error of deviations, over `target_spread`.
    """
    parts_RV = torch.split(logits_RV, [len(example.places) for example in examples])
    losses: list[torch.Tensor] = []
    errors: dict[str, list[tuple[float, torch.Tensor]]] = {}
    for example, part_RV in zip(examples, parts_RV, strict=True):
        if example.plan is None:
            losses.append(example.weight * _completion_loss(part_RV, example))
            continue
        logp = dict(zip(example.plan.questions, part_RV.log_softmax(-1), strict=True))
        logp_L = label_logprobs(logp, example.plan)
        target_L = logp_L.new_tensor(example.target)
        losses.append(example.weight * _target_loss(logp_L, target_L, example.mass))
        if contrast and example.group:
            error = (example.weight, logp_L.exp() - target_L)
            errors.setdefault(example.group, []).append(error)
    losses += [contrast * _spread(rows) for rows in errors.values()]
    return torch.stack(losses).sum()


def step_items(examples: Sequence[Example]) -> float:
    """Return what a batch counts in its step's mean."""
    return sum(example.weight * example.items for example in examples)


def target_spread(examples: Sequence[Example]) -> float:
    """Return the mean over all rows of groups of the squared deviation of their targets from their
    group's mean; 0 where no targets of a group differ by more than `LEAST_SPREAD`.
    """
    groups: dict[str, list[tuple[float, torch.Tensor]]] = {}
    for example in examples:
        if example.group and example.target:
            row = (example.weight, torch.tensor(example.target))
            groups.setdefault(example.group, []).append(row)
    weight = sum(weight for rows in groups.values() for weight, _ in rows)
    total = sum(float(_spread(rows)) for rows in groups.values())
    spread = total / weight if weight else 0.0
    return spread if spread > LEAST_SPREAD else 0.0


def _completion_loss(logits_RV: torch.Tensor, example: Example) -> torch.Tensor:
    trained_R = torch.tensor(example.trained, device=logits_RV.device)
    return torch.nn.functional.cross_entropy(logits_RV, trained_R, reduction="sum")


def _target_loss(logp_L: torch.Tensor, target_L: torch.Tensor, mass: float) -> torch.Tensor:
    loss = -(target_L * logp_L).sum() * mass
    if mass < 1:  # what the labels leave is to be as likely as it was
        rest = -torch.expm1(logp_L.logsumexp(0))
        loss = loss - (1 - mass) * rest.clamp(min=TINY).log()
    return loss


def _spread(rows: Sequence[tuple[float, torch.Tensor]]) -> torch.Tensor:
    """Sum over a group's rows of weight x squared distance from the group's weighted mean."""
    value_RL = torch.stack([value_L for _, value_L in rows])
    weight_R = value_RL.new_tensor([weight for weight, _ in rows])
    mean_L = weight_R @ value_RL / weight_R.sum()
    return weight_R @ ((value_RL - mean_L) ** 2).sum(-1)
