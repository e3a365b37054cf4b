"""Missing: texts of data files that say that there is no answer, `#NULL!` as well as "Don't know".

>>> is_missing("Don\u00b4t know"), is_missing("#NULL!"), is_missing("None of these")
(True, True, False)
"""

import functools
import re
import tomllib
from importlib import resources

from acculturate.scales import no_answer


def plain(label: str) -> str:
    """Return the text in lower case, with plain quotes and single spaces."""
    label = re.sub("[\u00b4\u0060\u2018\u2019\ufffd]", "'", label.casefold())
    return re.sub(r"\s+", " ", label).strip()


def is_missing(label: str) -> bool:
    """Return whether a label says that there is no answer."""
    return no_answer(label) or re.fullmatch(_pattern(), plain(label)) is not None


@functools.cache
def _pattern() -> str:
    text = (resources.files(__package__) / "missing.toml").read_text(encoding="utf-8")
    return str(tomllib.loads(text)["missing"])
