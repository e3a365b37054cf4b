"""JSON schemas as grammars of one tokenizer, by llguidance: which tokens may come next.

An object is held to the very form in which prompts show one (`json.dumps`: a space after each comma
and colon, none elsewhere), so that the words between its texts are certain, and need not be drawn.

    grammars = Grammars(tokenizer, end_ids, vocabulary)
    matcher = grammars.matcher(schema)
    matcher.compute_ff_tokens()    # {"question": "
"""

import functools
import importlib.util
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from acculturate.engines import chat
from acculturate.engines.thoughts import open_thought
from acculturate.errors import EngineError, first_line
from acculturate.records import Message

if TYPE_CHECKING:
    from llguidance import LLMatcher, LLTokenizer

SPACING = {"whitespace_flexible": False, "item_separator": ", ", "key_separator": ": "}
"""As `json.dumps` writes."""


def unbound(tokenizer: Any) -> str:
    """Return why no text of a model can be held to a JSON schema; "" where it can."""
    if importlib.util.find_spec("llguidance") is None:
        return "texts are held to no form without llguidance: type pip install 'acculturate[hf]'"
    if open_thought(chat.render(tokenizer, (Message("user", "1"),))):
        return "texts are held to no form, since its template opens a thought"
    if why := _unread(tokenizer):
        return f"texts are held to no form, since llguidance does not read its tokenizer ({why})"
    return ""


class Grammars:
    """Grammars of one tokenizer; `vocabulary` is how many logits the model has for a token."""

    def __init__(self, tokenizer: Any, end_ids: Sequence[int], vocabulary: int) -> None:
        self._core = _read(tokenizer, tuple(end_ids), vocabulary)
        # what a template writes before every reply, as a model without one writes a space
        lead = chat.reply_lead(tokenizer)
        self._lead = lead if lead.isspace() else ""
        self._begun = functools.lru_cache(maxsize=64)(self._begin)

    @property
    def vocabulary(self) -> int:
        """How many tokens a mask tells apart."""
        return self._core.vocab_size

    def matcher(self, schema: str) -> "LLMatcher":
        """Return what follows a text from its beginning; raises `EngineError` for a schema that
        llguidance does not read.
        """
        return self._begun(schema).deep_copy()

    def _begin(self, schema: str) -> "LLMatcher":
        from llguidance import LLMatcher

        form = json.dumps({**json.loads(schema), "x-guidance": SPACING}, ensure_ascii=False)
        lead = f"{json.dumps(self._lead)} " if self._lead else ""
        grammar = LLMatcher.grammar_from_lark(f"start: {lead}form\nform: %json {form}")
        matcher = LLMatcher(self._core, grammar, log_level=0)
        if matcher.is_error():
            raise EngineError(
                f"No text can be held to the JSON schema {schema[:80]}: "
                f"{matcher.get_error().splitlines()[0]}"
            )
        return matcher


@functools.lru_cache(maxsize=2)  # it takes a third of a second for 50,000 tokens
def _read(tokenizer: Any, end_ids: tuple[int, ...], vocabulary: int) -> "LLTokenizer":
    from llguidance import LLTokenizer
    from llguidance.hf import from_tokenizer

    most = max(vocabulary, len(tokenizer))
    try:
        return from_tokenizer(tokenizer, most, list(end_ids) or None, LLTokenizer.json_slices())
    except ValueError as error:
        raise EngineError(
            f"llguidance does not read the model's tokenizer ({first_line(error)}): set "
            "bound = false where the study asks for texts in a form."
        ) from error


def _unread(tokenizer: Any) -> str:
    """Return why llguidance does not read a tokenizer, from one of a single word that decodes as it
    does; "" where it reads it.
    """
    from llguidance import LLTokenizer
    from tokenizers import Tokenizer, models

    whole = getattr(tokenizer, "backend_tokenizer", None)
    if whole is None:
        return "it is none of the library tokenizers"
    small = Tokenizer(models.BPE({"a": 0}, []))
    small.decoder = whole.decoder
    try:
        LLTokenizer(small.to_str(), eos_token=0)
    except ValueError as error:
        return first_line(error).partition(":")[0]
    return ""
