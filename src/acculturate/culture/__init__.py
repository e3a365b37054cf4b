"""Cultures: named groups of people, and the table of territories."""

from acculturate.culture.territory import nearest_culture
from acculturate.culture.territory_table import Culture, Place, cultures, language_name, place
from acculturate.errors import SurveyError

__all__ = ["Culture", "Place", "cultures", "find_culture", "language_name", "place"]


def find_culture(code: str) -> Culture:
    """Return the culture with this code; raises `SurveyError` naming the nearest known one.

    A territory's name in place of its code ("Germany") is met with its code.
    """
    table = cultures()
    if code in table:
        return table[code]
    raise SurveyError(
        f"There is no culture '{code}'.{nearest_culture(code, table)} "
        "`acculturate survey cultures` lists all."
    )
