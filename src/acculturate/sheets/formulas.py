"""Formulas: texts that a spreadsheet would carry out when a CSV is opened in it.

>>> no_formula("=HYPERLINK(1)"), no_formula("5 + 5")
("'=HYPERLINK(1)", '5 + 5')
"""

BEGINNINGS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""Also in full width, which some spreadsheets read alike."""
WIDE = tuple(chr(ord(sign) + 0xFEE0) for sign in BEGINNINGS if sign.isprintable())


def no_formula(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: with an apostrophe in front if it
    could.
    """
    return f"'{text}" if text.startswith((*BEGINNINGS, *WIDE)) else text
