from typing import Any

import pytest

from acculturate.engines import chat
from acculturate.engines.thoughts import open_thought
from acculturate.errors import EngineError
from acculturate.records import Message

from .tiny import CHATML, DATED, STRICT, make_tokenizer

SYSTEM = Message("system", "You live in Peru.")
ASK = Message("user", "Tea or coffee?")


def tokenizer(template: str | None) -> Any:
    return make_tokenizer(template, split_digits=True)


def test_system_message_keeps_the_makers_own_away() -> None:
    text = chat.render(tokenizer(CHATML), [ASK])
    assert "Makers" not in text
    assert text.startswith("<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n")
    assert text.endswith("Tea or coffee?<|im_end|>\n<|im_start|>assistant\n")


def test_template_without_system_role_gets_it_in_the_first_turn() -> None:
    text = chat.render(tokenizer(STRICT), [SYSTEM, ASK])
    assert "<|im_start|>user\nYou live in Peru.\n\nTea or coffee?<|im_end|>" in text
    assert "system" not in text


def test_silent_template_gets_it_too() -> None:
    silent = CHATML.replace(
        "{% for m in messages %}", "{% for m in messages if m.role != 'system' %}"
    )
    assert "You live in Peru." in chat.render(tokenizer(silent), [SYSTEM, ASK])


def test_neighbours_of_one_role_are_merged() -> None:
    text = chat.render(tokenizer(STRICT), [SYSTEM, ASK, Message("user", "Say why.")])
    assert "Tea or coffee?\n\nSay why.<|im_end|>" in text


def test_refused_messages_are_one_sentence() -> None:
    refuses = "{{ raise_exception('no') }}"
    with pytest.raises(EngineError, match="chat template refuses"):
        chat.render(tokenizer(refuses), [SYSTEM, ASK])


def test_date_is_pinned_and_thinking_off() -> None:
    text = chat.render(tokenizer(DATED), [SYSTEM, ASK])
    assert "Today is 01 Jan 2025.\nYou live in Peru." in text
    assert text.endswith("<think>\n\n</think>\n\n")
    assert open_thought(text) == ""


def test_base_model_reads_plain_text() -> None:
    text = chat.render(tokenizer(None), [SYSTEM, ASK, Message("assistant", "Tea."), ASK])
    assert text == (
        "You live in Peru.\n\nTea or coffee?\n\nAnswer: Tea.\n\nTea or coffee?\n\nAnswer:"
    )


def test_plain_form_gets_its_bos_once() -> None:
    base = make_tokenizer(None, split_digits=True, bos=True)
    ids = chat.encode(base, chat.render(base, [SYSTEM, ASK]))
    assert ids[0] == base.bos_token_id
    assert base.bos_token_id not in ids[1:]


def test_template_is_not_given_a_second_bos() -> None:
    strict = make_tokenizer(STRICT, split_digits=True, bos=True)
    ids = chat.encode(strict, chat.render(strict, [SYSTEM, ASK]))
    assert ids.count(strict.bos_token_id) == 1


@pytest.mark.parametrize("template", [CHATML, STRICT, DATED, None])
def test_trained_prompt_is_the_asked_prompt(template: str | None) -> None:
    words = tokenizer(template)
    prompt, completion = chat.render_completion(words, [SYSTEM, ASK], "2")
    assert prompt == chat.render(words, [SYSTEM, ASK])
    assert completion.strip() == "2<|im_end|>"


def test_open_assistant_turn_is_gone_on_with() -> None:
    text = chat.render(tokenizer(CHATML), [SYSTEM, ASK, Message("assistant", "I take")])
    assert text.endswith("<|im_start|>assistant\nI take")
    plain = chat.render(tokenizer(None), [SYSTEM, ASK, Message("assistant", "I take")])
    assert plain.endswith("\n\nAnswer: I take")


def test_digest_follows_the_template() -> None:
    one, same, other = tokenizer(CHATML), tokenizer(CHATML), tokenizer(STRICT)
    assert chat.template_digest(one) == chat.template_digest(same)
    assert chat.template_digest(one) != chat.template_digest(other)
