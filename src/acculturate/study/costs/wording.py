"""Amounts in words, for estimates: what is likely, and the most where that is more.

>>> amount(Amount(52, 156)), duration(Amount(90, 90)), size(1.5e9)
('about 52 (at most 156)', 'about 90 s', '1.4 GiB')
"""

from acculturate.methods.workload import Amount

MINUTE, HOUR = 60, 3600
GIB = 2**30


def amount(value: Amount, form: str = ",.0f") -> str:
    """A number that is known as it is, another with its bound."""
    likely, most = format(value.likely, form), format(value.most, form)
    return likely if likely == most else f"about {likely} (at most {most})"


def duration(seconds: Amount) -> str:
    """In seconds, minutes or hours, never more exact than an estimate is."""
    likely, most = _time(seconds.likely), _time(seconds.most)
    return f"about {likely}" + (f" (at most {most})" if likely != most else "")


def size(count: float) -> str:
    """Bytes in GiB."""
    return f"{count / GIB:.1f} GiB"


def _time(seconds: float) -> str:
    if seconds < 2 * MINUTE:
        return f"{seconds:.0f} s"
    if seconds < 2 * HOUR:
        return f"{seconds / MINUTE:.0f} min"
    return f"{seconds / HOUR:,.1f} h"
