import math

import pytest

from acculturate.engines import chat
from acculturate.engines.labels import LEAST, LabelPlan, plan_labels
from acculturate.records import Message

from .tiny import CHATML, make_tokenizer

TEN = tuple(str(number) for number in range(1, 11))
ASK = (Message("system", "You answer."), Message("user", "From 1 to 10?"))


def test_shorter_label_gets_what_does_not_run_on() -> None:
    plan = LabelPlan((9,), (((1,),), ((1, 0),), ((2,),)))
    p_1, p_2, p_0_after_1 = 0.5, 0.2, 0.3
    one, ten, two = plan.logprobs(
        {(): {1: math.log(p_1), 2: math.log(p_2)}, (1,): {0: math.log(p_0_after_1)}}
    )
    assert math.exp(one) == pytest.approx(p_1 * (1 - p_0_after_1))
    assert math.exp(ten) == pytest.approx(p_1 * p_0_after_1)
    assert sum(map(math.exp, (one, ten, two))) == pytest.approx(p_1 + p_2)


def test_variants_add_up() -> None:
    plan = LabelPlan((), (((1,), (11,)), ((2,),)))
    first, _ = plan.logprobs({(): {1: math.log(0.2), 11: math.log(0.1), 2: math.log(0.4)}})
    assert math.exp(first) == pytest.approx(0.3)


def test_certain_continuation_leaves_nothing() -> None:
    plan = LabelPlan((), (((1,),), ((1, 0),)))
    one, ten = plan.logprobs({(): {1: math.log(0.5)}, (1,): {0: 0.0}})
    assert one == LEAST
    assert math.exp(ten) == pytest.approx(0.5)


def test_split_digits_make_ten_two_tokens() -> None:
    tokenizer = make_tokenizer(CHATML, split_digits=True)
    prompt = chat.render(tokenizer, ASK)
    plan = plan_labels(tokenizer, prompt, TEN)
    assert list(plan.context) == chat.encode(tokenizer, prompt)
    [one], [ten] = plan.paths[0], plan.paths[9]
    assert len(one) == 1
    assert ten[0] == one[0]
    assert len(ten) == 2
    assert set(plan.questions) == {(), one}


def test_whole_numbers_need_no_second_step() -> None:
    tokenizer = make_tokenizer(CHATML, split_digits=False)
    plan = plan_labels(tokenizer, chat.render(tokenizer, ASK), TEN)
    assert set(plan.questions) == {()}
    variants = {tokenizer.decode(path) for path in plan.paths[9]}
    assert variants == {"10", " 10"}


def test_plain_form_is_answered_after_a_space() -> None:
    tokenizer = make_tokenizer(None, split_digits=True, bos=True)
    prompt = chat.render(tokenizer, ASK)
    plan = plan_labels(tokenizer, prompt, ("1", "2"))
    assert tokenizer.decode(plan.paths[0][0]) == " 1"
    assert list(plan.context) == tokenizer(prompt)["input_ids"]
    assert plan.context[0] == tokenizer.bos_token_id


def test_merge_across_the_border_moves_it() -> None:
    tokenizer = make_tokenizer(CHATML, split_digits=False)
    plan = plan_labels(tokenizer, "<|im_start|>1", ("0", "2"))
    assert tokenizer.decode(plan.context) == "<|im_start|>"
    assert [tokenizer.decode(paths[0]) for paths in plan.paths] == ["10", "12"]
