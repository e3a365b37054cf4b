"""The prompts of this room, each file read once: a dialogue of 20 moves fills a hundred of them."""

import functools

from acculturate.prompts import Prompt, find_prompt


@functools.cache
def text(name: str, language: str) -> Prompt:
    """Return a prompt of clca/prompts in a language, or in one that stands in for it."""
    return find_prompt("clca", name, language)
