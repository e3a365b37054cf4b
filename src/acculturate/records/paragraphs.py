"""Paragraphs: texts put together with an empty line between them."""

from collections.abc import Iterable


def joined_paragraphs(texts: Iterable[str]) -> str:
    """Return texts as paragraphs of one text; empty ones are left out."""
    return "\n\n".join(filter(None, (text.strip() for text in texts)))
