"""A thought is told from the answer by its marks, whoever wrote them."""

import pytest

from acculturate.engines.thoughts import THOUGHT_MARKS, open_thought, reasoning_split


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2", ("", "2", False)),
        (" 2 ", ("", " 2 ", False)),
        ("<think>Hm.</think>\n2", ("Hm.", "2", False)),
        ("<Think>Hm.</THINK>\n2", ("Hm.", "2", False)),
        ("Hm, so</think>2", ("Hm, so", "2", False)),
        ("<think>Hm, and", ("Hm, and", "", True)),
        ("\n <think>Hm, and", ("Hm, and", "", True)),
        ("I <think> not", ("", "I <think> not", False)),
        ("<think>Hm.</think>", ("Hm.", "", False)),
        ("< think >3</ think >2", ("3", "2", False)),
        ("&lt;think&gt;3&lt;/think&gt;2", ("3", "2", False)),
        # several thoughts, a thought after a beginning, a thought within a thought
        ("<think>3?</think>2<think>or 4</think>", ("3?\n\nor 4", "2", False)),
        ("Well. <think>3?</think>2", ("3?", "Well. 2", False)),
        ("<think>3 <think>4</think> 1</think>2", ("3 <think>4\n\n1", "2", False)),
        ("<think>3?</think>2\n<think>But 4", ("3?\n\nBut 4", "", True)),
        ("<think>a</think>\n<reasoning>b</reasoning>\n2", ("a\n\nb", "2", False)),
        # gpt-oss, with its tokens and without
        (
            "<|channel|>analysis<|message|>3?<|end|><|start|>assistant"
            "<|channel|>final<|message|>2<|return|>",
            ("3?<|end|><|start|>assistant", "2<|return|>", False),
        ),
        ("<|channel|>analysis<|message|>Say 3", ("Say 3", "", True)),
        ("analysisWe could say 3.assistantfinal2", ("We could say 3.", "2", False)),
        ("analysisWe could say 3", ("We could say 3", "", True)),
        # other names, attributes, brackets
        ("<my_reasoning_steps>3?</my_reasoning_steps>2", ("3?", "2", False)),
        ('<thinking time="4">3?</thinking>2', ("3?", "2", False)),
        ("<|thinking|>3?<|/thinking|>2", ("3?", "2", False)),
        ("[Reasoning]3?[/Reasoning]\n2", ("3?", "2", False)),
        ("<inner_monologue>3", ("3", "", True)),
        ("Here is my thought process:\n3?\n\nHere is my response:\n2", ("3?", "2", False)),
        ("A reason [see above] is 2", ("", "A reason [see above] is 2", False)),
        ("analysis of 3 kinds", ("", "analysis of 3 kinds", False)),
    ],
)
def test_thought_and_answer(text: str, expected: tuple[str, str, bool]) -> None:
    assert reasoning_split(text) == expected


@pytest.mark.parametrize(("opening", "closing"), THOUGHT_MARKS)
def test_every_mark_ends_a_thought_and_begins_one(opening: str, closing: str) -> None:
    assert reasoning_split(f"{opening}Say 3.{closing}\n2") == ("Say 3.", "2", False)
    assert reasoning_split(f"Say 3.{closing}2") == ("Say 3.", "2", False)
    assert reasoning_split(f"{opening}Say 3.") == ("Say 3.", "", True)


def test_open_thought_is_seen() -> None:
    assert open_thought("<|im_start|>assistant\n<think>\n") == "<think>"
    assert open_thought("<|im_start|>assistant\n<think>\n\n</think>\n\n") == ""
