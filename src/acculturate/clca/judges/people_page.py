"""A sheet as a page: dialogues to read and judge in a browser, which saves a CSV.

The page is one file that loads and sends nothing: its content security policy allows its own
script alone, by hash, and every text of a model is escaped. The questions are in the language of
the dialogue; the judge's verdicts are not in the file.

    path.write_text(dump_page(draw_sample(cases, 50, seed=1), cultures))
"""

from collections.abc import Sequence
from importlib import resources
from typing import Any

from acculturate.clca.judges.dialogue_subject import DIALOGUE
from acculturate.clca.judges.people import Case
from acculturate.culture import Culture, find_culture
from acculturate.files import policy_hash

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
    page = environment.from_string(_file("html.jinja"))
    return page.render(
        cases=[
            _shown(case, by_code.get(case.row.culture) or find_culture(case.row.culture))
            for case in sample
        ],
        script=script,
        script_hash=policy_hash(script),
    )


def _shown(case: Case, culture: Culture) -> dict[str, Any]:
    """Return a dialogue with what people are asked about it, in its language."""
    asked = DIALOGUE.asked(case.row.language, culture)
    return {
        "adaptation": case.adaptation,
        "id": case.id,
        "row": case.row,
        "named": culture.name,
        **asked._asdict(),
    }


def _file(ending: str) -> str:
    source = resources.files(__package__) / f"{NAME}.{ending}"
    # the script's hash is of its very bytes
    return source.read_bytes().decode().replace("\r\n", "\n")
