"""Totals: rows that sum up others and stand among them.

Spreadsheets and statistics programs write them under a table or between its parts.

>>> is_total("Avg."), is_total("Grand total"), is_total("n = 1,528"), is_total("Sumatra")
(True, True, True, False)
"""

import re

_TOTAL = re.compile(
    r"((grand |sub ?|weighted |unweighted )*"
    r"(totals?|sums?|summary|averages?|avg|means?|medians?|std|st\.? ?dev|counts?|overall"
    r"|base|sources?|notes?|gesamt|summe|mittelwert|durchschnitt|promedio|moyenne)\b"
    r"|n ?=|合计|合計|总计|平均).*"
)


def is_total(text: str) -> bool:
    """Return whether a cell reads like the head of a row that sums up others."""
    return _TOTAL.fullmatch(text.strip().strip("\"'*(").casefold()) is not None
