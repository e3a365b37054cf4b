"""The codebook's option texts: how WVS-7 and its releases name the options of an item.

They are facts of the codebook, kept apart from the product's own wordings: no prompt shows them. A
model, or a person, who knows the survey answers with them ("Agree strongly", "Less than monthly"),
and such an answer is to be read as the option that it names.

    >>> from acculturate.survey import load_survey
    >>> codebook_texts(load_survey().item("Q201"))[4]
    ('less than monthly',)
"""

import functools
import tomllib
from collections.abc import Mapping
from importlib import resources

from acculturate.records import Item
from acculturate.survey.builtin import load_builtin
from acculturate.survey.label_exports import spelt_out

Texts = Mapping[int, tuple[str, ...]]


def codebook_texts(item: Item) -> Texts:
    """Return the codebook's texts by code; none for an item that is not WVS-7's own.

    An item is WVS-7's where it has the id, the codes and the first wording of the built-in one.
    """
    known = load_builtin().items.get(item.id)
    if known is None or known.codes != item.codes:
        return {}
    same = item.wordings.get("en", ())[:1] == known.wordings["en"][:1]
    return _table().get(item.id, {}) if same else {}


@functools.cache
def _table() -> Mapping[str, Texts]:
    text = (resources.files(__package__) / "codebook.toml").read_text(encoding="utf-8")
    return {
        item: _by_code(item, scale)
        for scale in tomllib.loads(text)["scale"]
        for item in spelt_out(scale["items"])
    }


def _by_code(item: str, scale: Mapping[str, list[list[str]]]) -> Texts:
    codes = sorted(load_builtin().items[item].codes)
    if "ends" in scale:
        codes = [codes[0], codes[-1]]
    lists = scale.get("ends") or scale["texts"]
    return {code: tuple(texts) for code, texts in zip(codes, lists, strict=True) if texts}
