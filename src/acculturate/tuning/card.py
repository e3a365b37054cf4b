"""The card of an adapter: how it is opened, where its base has no name that peft can open alone.

An adapter's config names its base as the user did. A name of the Hub needs no card.

    >>> card("org/model") is None, "embedded_folder()" in card("embedded")
    (True, True)
"""

from importlib import resources
from pathlib import Path

from acculturate.engines.embedded import EMBEDDED

CARD_FILE = "README.md"


def card(base: str) -> str | None:
    """The text of an adapter's README.md, in Markdown; None where peft opens `base` by its name."""
    if base == EMBEDDED:
        return _text("embedded")
    if Path(base).expanduser().is_dir():
        return _text("folder").replace("BASE", base)
    return None


def _text(name: str) -> str:
    return (resources.files(__package__) / "cards" / f"{name}.md").read_text(encoding="utf-8")
