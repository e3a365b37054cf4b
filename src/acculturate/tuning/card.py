"""How an adapter is opened, by acculturate and by plain peft: its README.md as tuning leaves it.

An adapter's config names its base as the user did, and not every such name is one that peft can
open. What was measured of an adapter is added at the end of a study (handover/model_card.py).

    >>> "AutoModelForCausalLM" in card("org/model"), "embedded_folder()" in card("embedded")
    (True, True)
"""

from collections.abc import Sequence
from importlib import resources
from typing import NamedTuple

from acculturate.engines.embedded import EMBEDDED
from acculturate.engines.weights import is_folder

CARD_FILE = "README.md"
OPENING = (
    "from acculturate.engines.embedded import embedded_folder\n\n"
    "base = embedded_folder()  # unpacks the model where it is not yet, and returns its folder"
)


class Merged(NamedTuple):
    """An adapter that is merged into a base: its name and its digest."""

    name: str
    digest: str


def card(base: str, merged: Sequence[Merged] = (), revision: str = "") -> str:
    """Return the text of an adapter's README.md, in Markdown: a heading, and how it is opened.

    `merged` are the adapters that are merged into the base, the lowest first; `revision` is the
    Hub's of the base.
    """
    if merged:
        return _on_top(base, merged)
    if base == EMBEDDED:
        return _text("embedded")
    if is_folder(base):
        return _text("folder").replace("BASE", base)
    pinned = f', revision="{revision}"' if revision else ""
    return _text("hub").replace("baseREVISION", f"base{pinned}").replace("BASE", base)


def opening(base: str, merged: Sequence[Merged] = (), revision: str = "") -> str:
    """Return how an adapter is opened, in Markdown without a heading."""
    return card(base, merged, revision).partition("\n\n")[2]


def base_name(base: str, merged: Sequence[Merged]) -> str:
    """Return what an adapter's config calls its base: no name of the Hub where it is merged.

    >>> base_name("org/model", []), base_name("org/model", [Merged("planted", "ab")])
    ('org/model', 'org/model + planted')
    """
    return " + ".join((base, *(lower.name for lower in merged)))


def _on_top(base: str, merged: Sequence[Merged]) -> str:
    places = [f"LOWER{number or ''}" for number in _numbers(len(merged))]
    key = [
        f"`{place}` is that of the adapter `{name}`, whose digest begins with `{digest[:12]}`."
        for place, (name, digest) in zip(places, merged, strict=True)
    ]
    values = {
        "NAMES": " and ".join(f"the adapter `{lower.name}`" for lower in merged),
        "LOWERS": " ".join(f"--adapter {place}" for place in places),
        "FOLDERS": ", ".join(f'"{place}"' for place in places),
        "OPENING": OPENING if base == EMBEDDED else f'base = "{base}"',
        "KEY": " ".join(key),
        "BASE": base,
    }
    text = _text("merged")
    for mark, words in values.items():
        text = text.replace(mark, words)
    return text


def _numbers(count: int) -> range:
    """Return numbers to tell adapters apart: 0 alone where there is one."""
    return range(1, count + 1) if count > 1 else range(1)


def _text(name: str) -> str:
    return (resources.files(__package__) / "cards" / f"{name}.md").read_text(encoding="utf-8")
