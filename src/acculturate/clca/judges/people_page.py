"""A sheet as a page: dialogues to read and judge in a browser, which saves a CSV.

The page is one file that loads and sends nothing: its content security policy allows its own
script alone, by hash, and every text of a model is escaped. The questions are in the language of
the dialogue; the judge's verdicts are not in the file.

    path.write_text(dump_page(draw_sample(cases, 50, seed=1), cultures))
"""

import base64
import functools
import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any

from acculturate.clca.judges.people import QUESTIONS, Case
from acculturate.clca.words import words_in
from acculturate.culture import Culture, find_culture
from acculturate.records.language import look_up

NAME = "people_page"


def dump_page(sample: Sequence[Case], cultures: Sequence[Culture] = ()) -> str:
    """Return the sample as a page; `cultures` are looked up by their codes where they are not
    given.
    """
    import jinja2

    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    by_code = {culture.code: culture for culture in cultures}
    script = _file("js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    page = environment.from_string(_file("html.jinja"))
    return page.render(
        cases=[
            shown_case(case, by_code.get(case.row.culture) or find_culture(case.row.culture))
            for case in sample
        ],
        script=script,
        script_hash=f"sha256-{digest}",
    )


def shown_case(case: Case, culture: Culture) -> dict[str, Any]:
    """Return a dialogue with what people are asked about it, in its language."""
    language = case.row.language
    asked, spoken = look_up(_words(), language) or _words()["en"], words_in(language)
    return {
        "adaptation": case.adaptation,
        "id": case.id,
        "row": case.row,
        "named": culture.name,
        "questions": {
            name: asked[name].format(culture=culture.named(language)) for name in QUESTIONS
        },
        "good": spoken.good[0],
        "bad": spoken.bad[0],
        "unsure": asked["unsure"],
    }


@functools.cache
def _words() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(_file("toml"))


def _file(ending: str) -> str:
    source = resources.files(__package__) / f"{NAME}.{ending}"
    # the script's hash is of its very bytes
    return source.read_bytes().decode().replace("\r\n", "\n")
