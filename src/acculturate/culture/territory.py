"""Which territory a cell means: `DEU`, `276`, `Germany`, `MOR` for Morocco.

Data files name countries by ISO letters, ISO numbers (909 is Northern Ireland in the WVS) or
names that change between releases; territory_names.csv holds the names beside those of the table of
cultures. Correlates-of-War letters are not read: there AUS is Austria and MAC North Macedonia.
"""

import csv
import functools
import re
import unicodedata
from collections.abc import Collection, Mapping
from importlib import resources

from acculturate.culture.territory_table import cultures
from acculturate.errors import nearest


def find_territory(text: str, own: Mapping[str, str] | None = None) -> str | None:
    """Return the culture that a cell means, or None; `own` maps cells of the file at hand first."""
    text = text.strip()
    if own and text in own:
        return own[text]
    return _known().get(_plain(text))


def nearest_culture(text: str, among: Collection[str]) -> str:
    """End of a sentence that names the culture among these that `text` is meant to be, or ``""``.

    The name of a territory, or its beginning ("GER"), is met with its code; a code that is another
    territory's is near to none.
    """
    table = cultures()
    code = text.upper() if text.upper() in table else find_territory(text) or _begun(text)
    if code is None:
        names = {table[name].name: name for name in among if name in table}
        hint = nearest(text, [*among, *names])
        match = re.search("'(.*)'", hint)
        code = names.get(match[1], match[1]) if match else None
    if code is None or code not in among or code == text:
        return ""
    return f" Did you mean '{code}'" + (f" ({table[code].name})?" if code in table else "?")


def _begun(text: str) -> str | None:
    """Return the one territory whose name begins so."""
    begin = _plain(text)
    codes = [code for code, culture in cultures().items() if _plain(culture.name).startswith(begin)]
    return codes[0] if len(begin) > 2 and len(codes) == 1 else None


@functools.cache
def _known() -> Mapping[str, str]:
    source = resources.files(__package__) / "territory_names.csv"
    rows = csv.DictReader(source.read_text(encoding="utf-8").splitlines())
    known = {_plain(row["name"]): row["culture"] for row in rows}
    table = resources.files(__package__) / "territories.csv"
    for row in csv.DictReader(table.read_text(encoding="utf-8").splitlines()):
        known[_plain(row["wvs_code"])] = row["culture"]
    for code, culture in cultures().items():
        known[_plain(code)] = code
        known[_plain(culture.name)] = code
    return known


SHORT = {
    **{"s": "south", "n": "north", "st": "saint", "rep": "republic", "dem": "democratic"},
    **{"&": "and", "ter": "territories", "palest": "palestinian", "fed": "federation"},
}


def _plain(text: str) -> str:
    """Return a name in lower case, without accents and article, words in full; a number without
    leading zeros or a decimal part.
    """
    if re.fullmatch(r"0*\d+(\.0+)?", text):
        return str(int(float(text)))
    level = unicodedata.normalize("NFKD", text.casefold())
    level = "".join(sign for sign in level if not unicodedata.combining(sign))
    level = re.sub(r"['\u2019.]", "", level)
    words = re.findall(r"[\w&]+", level)
    return " ".join(SHORT.get(word, word) for word in words if word != "the")
