import math
from collections.abc import Callable
from typing import Any

import pytest

from acculturate.engines import chat
from acculturate.engines.hf import LoadedModel
from acculturate.errors import TrainingError
from acculturate.records import Message, TrainingRow
from acculturate.tuning.tokenised_rows import Example, label_logprobs, make_example, show_row

TEN = tuple(str(n) for n in range(1, 11))
ASK = (Message("system", "Be a person."), Message("user", "From 1 to 10?"))


def completion(text: str) -> TrainingRow:
    return TrainingRow(ASK, "", "", completion=text)


def target(labels: tuple[str, ...]) -> TrainingRow:
    return TrainingRow(ASK, "", "", labels=labels, target=(1 / len(labels),) * len(labels))


def made(tokenizer: Any, row: TrainingRow, max_length: int = 1024) -> Example:
    example = make_example(tokenizer, row, max_length)
    assert example is not None
    return example


@pytest.mark.parametrize("text", ["3", "10", "Not at all important.", "Zwölf €, 好"])
def test_trained_tokens_are_exactly_the_completion_and_its_end(tokenizer: Any, text: str) -> None:
    row = completion(text)
    example = made(tokenizer, row)
    shown = show_row(tokenizer, row, example)
    assert shown.trained == f"{text}<|im_end|>"
    assert shown.prompt == chat.render(tokenizer, row.prompt)


def test_the_end_token_is_trained_though_it_is_the_pad_token(tokenizer: Any) -> None:
    assert tokenizer.pad_token_id == tokenizer.eos_token_id
    assert made(tokenizer, completion("3")).trained[-1] == tokenizer.eos_token_id


def test_prompt_tokens_are_those_the_model_is_asked_with(tokenizer: Any) -> None:
    example = made(tokenizer, completion("3"))
    asked = chat.encode(tokenizer, chat.render(tokenizer, ASK))
    assert list(example.sequences[0])[: len(asked)] == asked
    assert len(example.sequences[0]) == len(asked) + len(example.trained) - 1


def test_a_merge_across_the_border_is_not_trained(make_tokenizer: Callable[..., Any]) -> None:
    # Asked with " fam" already tokenised, the model can never write " family" in one token.
    tokenizer = make_tokenizer(template="{% for m in messages %}{{ m['content'] }}{% endfor %}")
    row = TrainingRow((Message("system", "Be"), Message("user", " fam")), "", "", completion="ily")
    asked = chat.encode(tokenizer, "Be fam")
    assert chat.encode(tokenizer, "Be family")[: len(asked)] != asked
    example = made(tokenizer, row)
    assert list(example.sequences[0])[: len(asked)] == asked
    assert show_row(tokenizer, row, example).trained == "ily<|im_end|>"


def test_a_long_completion_is_cut_and_a_long_prompt_dropped(tokenizer: Any) -> None:
    length = len(chat.encode(tokenizer, chat.render(tokenizer, ASK)))
    cut = made(tokenizer, completion("one two three four"), max_length=length + 2)
    assert (cut.truncated, len(cut.trained)) == (True, 2)
    assert not made(tokenizer, completion("one two three four")).truncated
    assert make_example(tokenizer, completion("3"), length) is None
    assert make_example(tokenizer, target(("1", "2")), length - 1) is None
    assert make_example(tokenizer, target(("1", "2")), length) is not None


TALK = (
    Message("system", "Be Ana."),
    Message("user", "Hello, Ana."),
    Message("assistant", "Good day."),
    Message("user", "How is it?"),
    Message("assistant", "[says nothing]"),
    Message("user", "Well?"),
)


def test_of_a_conversation_the_named_replies_and_the_last_are_trained(tokenizer: Any) -> None:
    row = TrainingRow(TALK, "", "", completion="Fine.", trained=(2,))
    example = made(tokenizer, row)
    shown = show_row(tokenizer, row, example)
    assert shown.trained == "Good day.<|im_end|>Fine.<|im_end|>"
    assert shown.prompt == chat.render(tokenizer, TALK[:2])
    assert len(example.sequences) == 1
    asked = [chat.encode(tokenizer, chat.render(tokenizer, TALK[:end])) for end in (2, 6)]
    reads = [list(read) for read in example.reads]
    assert asked[0] == reads[0]
    assert asked[1] in reads
    for read, token in zip(example.reads, example.trained, strict=True):
        following = (*example.sequences[0], tokenizer.eos_token_id)[len(read)]
        assert following == token


def test_a_template_that_rewrites_history_gives_each_reply_its_own_sequence(
    make_tokenizer: Callable[..., Any],
) -> None:
    # as Qwen3: an empty thought before the reply that is asked for, none in the history
    template = (
        "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n"
        "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n"
        "<think>\n\n</think>\n\n{% endif %}"
    )
    tokenizer = make_tokenizer(template=template)
    row = TrainingRow(TALK, "", "", completion="Fine.", trained=(2,))
    example = made(tokenizer, row)
    assert len(example.sequences) == 2
    reads = [list(read) for read in example.reads]
    for end in (2, 6):
        assert chat.encode(tokenizer, chat.render(tokenizer, TALK[:end])) in reads
    assert show_row(tokenizer, row, example).trained == "Good day.<|im_end|>Fine.<|im_end|>"


def test_a_conversation_is_cut_from_its_end(tokenizer: Any) -> None:
    row = TrainingRow(TALK, "", "", completion="Fine.", trained=(2,))
    length = len(chat.encode(tokenizer, chat.render(tokenizer, TALK)))
    example = made(tokenizer, row, max_length=length)
    assert example.truncated
    assert show_row(tokenizer, row, example).trained == "Good day.<|im_end|>"
    assert max(map(len, example.sequences)) < length


def naive(model: LoadedModel, row: TrainingRow) -> list[float]:
    """DESIGN's rule on a ten-point scale, prompt by prompt: P(10) = p(1) p(0|1)."""
    import torch

    def after(text: str) -> Any:
        ids = chat.encode(model.tokenizer, chat.render(model.tokenizer, row.prompt) + text)
        with torch.no_grad():
            return model.model(torch.tensor([ids])).logits[0, -1].log_softmax(-1)

    def token(text: str) -> int:
        (only,) = model.tokenizer(text, add_special_tokens=False)["input_ids"]
        return int(only)

    first, then = after(""), after("1")
    p1, p0 = float(first[token("1")]), float(then[token("0")])
    return [
        p1 + p0 if label == "10" else p1 + math.log1p(-math.exp(p0)) if label == "1"
        else float(first[token(label)])
        for label in row.labels
    ]  # fmt: skip


def test_labels_in_conflict_follow_the_engines_rule(tiny: LoadedModel) -> None:
    import torch

    row = target(TEN)
    example = made(tiny.tokenizer, row)
    assert len(example.sequences) == 1
    assert [place.before_end for place in example.places] == [1, 0]
    assert example.plan is not None
    with torch.no_grad():
        logits = tiny.model(torch.tensor(example.sequences)).logits[0]
    pairs = zip(example.plan.questions, example.places, strict=True)
    logp = {path: logits[-1 - place.before_end].log_softmax(-1) for path, place in pairs}
    result = label_logprobs(logp, example.plan).tolist()
    assert result == pytest.approx(naive(tiny, row), abs=1e-4)
    answers = {
        path: {token: float(logp[path][token]) for token in tokens}
        for path, tokens in example.plan.questions.items()
    }
    assert result == pytest.approx(example.plan.logprobs(answers), abs=1e-5)


def test_labels_that_part_early_are_fed_as_several_sequences(
    make_tokenizer: Callable[..., Any],
) -> None:
    # Without a template " 1" and "1" both count, and each may run on into "10".
    tokenizer = make_tokenizer(template=None)
    example = made(tokenizer, target(TEN))
    assert example.plan is not None
    expected = [(*example.plan.context, *path) for path in example.plan.questions]
    assert list(example.reads) == expected
    assert len(example.sequences) > 1


def test_label_logprobs_stay_finite_where_a_label_surely_runs_on(tiny: LoadedModel) -> None:
    import torch

    plan = made(tiny.tokenizer, target(("1", "10"))).plan
    assert plan is not None
    (one,) = plan.questions[()]
    (zero,) = plan.questions[(one,)]
    flat_V = torch.zeros(len(tiny.tokenizer))
    sharp_V = flat_V.index_fill(0, torch.tensor([zero]), 200.0)
    logp = {(): flat_V.log_softmax(-1), (one,): sharp_V.log_softmax(-1)}
    result = label_logprobs(logp, plan).tolist()
    assert result[0] == pytest.approx(-200, abs=10)
    assert result[1] == pytest.approx(-math.log(len(flat_V)))


def test_a_template_that_opens_a_thought_is_refused(make_tokenizer: Callable[..., Any]) -> None:
    template = (
        "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n"
        "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n<think>\n{% endif %}"
    )
    with pytest.raises(TrainingError, match="opens a thought"):
        make_example(make_tokenizer(template=template), completion("3"), 512)
