r"""A new study file with comments, from the answers to a few questions.

>>> text = study_text(NewStudy("mine", "mock:noise", ("CHN", "DEU")), "mine.toml")
>>> text.partition("\n\n[")[0].splitlines()[2]
'#   acculturate run mine.toml --dry-run'
"""

import json
import tomllib
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple, get_args

from acculturate.config import apply_profile, validate
from acculturate.engines import fitting_kind, parse_model
from acculturate.engines.model_files import check_name
from acculturate.errors import ConfigError
from acculturate.methods.adaptation import find_method
from acculturate.study.checks import check
from acculturate.study.schema import Study
from acculturate.survey import load_survey
from acculturate.survey.model import ItemSet

FEW = 6
"""Items of the small trial, at most."""
TEMPLATE = "new_study.toml.jinja"
NO_METHOD = "none"
"""What is typed for a study that adapts nothing."""


class NewStudy(NamedTuple):
    """What a new study is to be: `items` are a set's name or ids with commas, `method` is empty
    where nothing is adapted.
    """

    name: str
    model: str
    cultures: tuple[str, ...]
    items: str = "attitudes"
    survey: str = "wvs7-marginals"
    method: str = ""


def write_study(wanted: NewStudy, file: Path) -> None:
    """Write a study file that `acculturate run` accepts.

    Raises `ConfigError` where the file exists or cannot be written, and the error of the first
    name that is wrong; then nothing is written.
    """
    if file.exists():
        raise ConfigError(f"{file} exists: name another file, or remove this one.")
    text = study_text(wanted, file.as_posix())
    for profile in (None, "smoke"):
        tree = apply_profile(tomllib.loads(text), profile, file)
        check(validate(Study, tree, str(file)), fetch=False)
    try:
        file.write_text(text, "utf-8")
    except OSError as error:
        raise ConfigError(f"{file} cannot be written: {error.strerror}.") from None


def study_text(wanted: NewStudy, file: str) -> str:
    """Return the text of a study file; raises the error of the first name that is wrong."""
    import jinja2

    check_model(wanted.model)
    check_method(wanted.method)
    sources = _templates(wanted.method)
    survey = load_survey(wanted.survey)
    survey.check_cultures(wanted.cultures)
    ids = [item.id for item in survey.select(wanted.items)]
    environment = jinja2.Environment(
        loader=jinja2.DictLoader(sources),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,  # a TOML file
    )
    environment.filters["toml"] = _toml
    return environment.get_template([*sources][-1]).render(
        wanted._asdict(),
        file=file,
        items=wanted.items if wanted.items in get_args(ItemSet) else ids,
        few=ids[:: -(-len(ids) // FEW)],
        cultures=list(wanted.cultures),
    )


def _templates(method: str) -> dict[str, str]:
    """Return the template of every study, and then the one that stands beside a method, if there is
    one: it fills blocks of the first.
    """
    sources = {TEMPLATE: (resources.files(__package__) / TEMPLATE).read_text("utf-8")}
    package = find_method(method).__module__.rpartition(".")[0] if method else ""
    if package and (own := resources.files(package) / TEMPLATE).is_file():
        sources[f"{method}/{TEMPLATE}"] = own.read_text("utf-8")
    return sources


def check_model(name: str) -> None:
    """Raise `ConfigError` or `EngineError` for a name that cannot be a model's."""
    spec = parse_model(name)
    if fitting_kind(spec).files and not Path(spec.name).expanduser().exists():
        check_name(spec.name)


def check_method(name: str) -> None:
    """Raise `ConfigError` for a method of adapting that nobody brings; "" and "none" are none."""
    if name not in ("", NO_METHOD):
        find_method(name)


def _toml(value: Any) -> str:
    """Return a text or a list of texts as TOML has it: as JSON, and DEL by its number."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
