"""Asking a model survey items: presentations, requests, and the strict reading of replies."""

from acculturate.asking.answer_settings import AnswerSettings, AskKind, Kind
from acculturate.asking.asking import (
    Ask,
    answer,
    asks,
    choose_request,
    generate_request,
    messages,
    request,
    shown_orders,
)
from acculturate.asking.parser import Parsed, parse
from acculturate.asking.presentation import Labels, Orders, Presentation, orders, shown

__all__ = [
    "AnswerSettings",
    "Ask",
    "AskKind",
    "Kind",
    "Labels",
    "Orders",
    "Parsed",
    "Presentation",
    "answer",
    "asks",
    "choose_request",
    "generate_request",
    "messages",
    "orders",
    "parse",
    "request",
    "shown",
    "shown_orders",
]
