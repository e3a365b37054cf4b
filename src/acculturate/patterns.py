"""Patterns that names and codes in files follow, each with the words that a complaint has for it.

>>> SAID[NAME].partition(":")[0]
'expected a name'
"""

NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$"
"""Of a study, an adaptation, an arm: it names a folder or stands in a table."""
TAG = r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$"
"""A language's BCP 47 tag."""
CULTURE = r"^[A-Z]{3}(-[a-z0-9-]+)?$"
"""A culture that the table of cultures does not hold."""

SAID = {
    NAME: "expected a name: letters A to Z, digits, '.', '_' and '-', no space, at most 100 of "
    "them, a letter or a digit first",
    TAG: "expected a language's tag, such as 'de' or 'pt-BR'",
    CULTURE: "expected three capital letters, and where a part is meant '-' and small letters, "
    "such as 'XKX' or 'IND-kerala'",
}
