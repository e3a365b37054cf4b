"""Replies that cannot be read as what was asked for: a move, a scenario, a verdict, an intent."""

from typing import NamedTuple


class Unread(NamedTuple):
    """Why a reply cannot be read, in a few words that yields count."""

    reason: str
