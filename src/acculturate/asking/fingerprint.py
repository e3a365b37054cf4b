"""A fingerprint of what is asked: it names all that decides the prompts of a round.

Where it agrees with that of an earlier start, the requests are the same ones in the same order, so
that those which have a reply need not be made again (store/done_part.py). Some requests, evenly
spread, are made and counted in: they show a change of anything that is not named here, of this
program's own code for one.
"""

import itertools
import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from acculturate.asking.answer_settings import AnswerSettings
from acculturate.files import text_digest
from acculturate.framing import Framing
from acculturate.records import Request

PROBES = 16
"""Requests that are made to name all of them."""


def fingerprint(
    settings: AnswerSettings,
    framings: Sequence[Framing],
    others: Sequence[object],
    requests: Callable[[int], Iterator[Request]],
    total: int,
) -> str:
    """Return 32 hex digits of settings, prompt files, the people of the survey behind them,
    `others` (items, cultures, persons), and of some of `total` requests; `requests(n)` gives those
    from the n-th (from 0) on.
    """
    spread = range(0, total, max(1, total // PROBES))
    probes = (itertools.islice(requests(start), 1) for start in spread)
    parts = [
        *map(repr, others),
        settings.model_dump_json(),
        [
            (one.name, one.language, one.wording, one.survey, one.digest, _people(one))
            for one in framings
        ],
        [request.id for request in itertools.chain.from_iterable(probes)],
    ]
    return text_digest(json.dumps(parts), 32)


def _people(framing: Framing) -> Any:
    behind = framing.backdrop
    return behind and (behind.survey.name, behind.survey.fingerprint)
