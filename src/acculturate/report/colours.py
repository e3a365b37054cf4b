"""The colours of the light page by the names of their CSS variables, for figures that leave it.

>>> light_colours()["ink"]
'#1b1e22'
"""

import re
from collections.abc import Mapping
from importlib import resources


def light_colours() -> Mapping[str, str]:
    """Return the variables of the stylesheet's first rule, which the light page has."""
    page = resources.files("acculturate.report") / "templates" / "page.css"
    first, _, _ = page.read_text(encoding="utf-8").partition("}")
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9a-fA-F]{3,8})", first))
