"""Ends: the words by which servers say how a reply ended.

A reply with an unknown word and a text counts as complete; one with an unknown word and no text
counts as an error.
"""

from typing import Any

FULL = ("length", "max_tokens", "max_output_tokens", "model_length")
"""The length ran out."""
FILTERED = ("content_filter", "safety", "sensitive", "recitation", "prohibited_content")
CALLED = ("tool_calls", "tool_use", "function_call")
"""The model called a tool instead of writing."""
WHOLE = ("stop", "eos", "eos_token", "end_turn", "stop_sequence", "complete")
BROKEN = (
    "error", "abort", "aborted", "cancelled", "failed", "timeout", "network_error",
    "insufficient_system_resource",
)  # fmt: skip
"""Something went wrong on the way, and may go well another time."""
KNOWN = (*FULL, *FILTERED, *CALLED, *WHOLE)


def end_of(choice: Any) -> str:
    """Return why a choice ended, in small letters; "" where nothing is said."""
    return str(choice.get("finish_reason") or "").casefold() if isinstance(choice, dict) else ""
