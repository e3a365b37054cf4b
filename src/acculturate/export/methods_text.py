r"""Methods text: a paragraph for a paper's methods section, with everything that decides a run's
numbers, and the references that it cites.

    methods.md        citations as [@key] (pandoc)
    methods.tex       the same for LaTeX, citations as \citep{key}
    references.bib    what is cited
    study.toml        every setting, as it was carried out

    write_methods(run, folder)
"""

import functools
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from acculturate.engines.embedded import EMBEDDED
from acculturate.errors import StoreError
from acculturate.export.opened_run import OpenedRun
from acculturate.export.print_tables import tex
from acculturate.export.way_told import OWN, orders_told, way_told
from acculturate.methods import Adaptation
from acculturate.records.results.described import ArmNote, ModelNote
from acculturate.records.results.grouped import GroupNote
from acculturate.records.results.metrics_file import METRICS_FILE
from acculturate.study.arm_section import ArmSection
from acculturate.study.finished import STUDY_FILE
from acculturate.visible import in_markdown, visible

if TYPE_CHECKING:
    import jinja2

CITATION = re.compile(r"\[@([\w-]+)\]")


def write_methods(run: OpenedRun, folder: Path) -> int:
    """Write the paragraph in both forms, its references, and the study; returns how many
    references there are.
    """
    text = methods_text(run)
    keys = dict.fromkeys(CITATION.findall(text))
    version = run.results.meta.rerun.environment.packages.get("acculturate") or "unknown"
    entries = [_bibliography()[key].replace("VERSION", version) for key in keys]
    study = (run.folder / STUDY_FILE).read_text(encoding="utf-8")
    for name, content in {
        "methods.md": text,
        "methods.tex": latex_text(methods_text(run, _in_latex)),
        "references.bib": "\n".join(entries),
        STUDY_FILE: study,
    }.items():
        (folder / name).write_text(content, encoding="utf-8")
    return len(keys)


def latex_text(text: str) -> str:
    """Return the paragraph for LaTeX (natbib)."""
    parts = CITATION.split(text)
    pieces = [rf"\citep{{{part}}}" if at % 2 else tex(part) for at, part in enumerate(parts)]
    headed = re.sub(r"\*\*(.+?)\*\*", r"\\paragraph{\1}", "".join(pieces))
    return re.sub(r"`([^`]*)`", r"\\texttt{\1}", headed)


@functools.cache
def _bibliography() -> Mapping[str, str]:
    """Return the entries of references.bib by their keys."""
    source = resources.files(__package__) / "references.bib"
    entries = re.split(r"\n(?=@)", source.read_text(encoding="utf-8"))
    keyed = ((re.match(r"@\w+\{([\w-]+),", entry), entry) for entry in entries)
    return {match[1]: f"{entry.strip()}\n" for match, entry in keyed if match}


def _in_latex(text: str) -> str:
    """Return a text of others without what `latex_text` would read in it."""
    return re.sub(r"[*`]", "", visible(text)).replace("[@", "[ @")


def methods_text(run: OpenedRun, quoted: Callable[[str], str] = in_markdown) -> str:
    """Return the paragraph in Markdown; `quoted` returns a text of others as it may stand there."""
    text = read_template("methods.md.jinja").render(**_facts(run, quoted))
    lines = (re.sub(r"[ \t]+", " ", line).strip() for line in text.splitlines())
    return re.sub(r"\n+(?=\*\*)|\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


def read_template(name: str) -> "jinja2.Template":
    """Return a template of this room for a page in Markdown."""
    import jinja2

    environment = jinja2.Environment(
        trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined, autoescape=False
    )
    environment.filters |= {"listed": listed, "count_of": _count_of, "plain": in_markdown}
    source = resources.files(__package__) / name
    return environment.from_string(source.read_text(encoding="utf-8"))


def _facts(run: OpenedRun, quoted: Callable[[str], str]) -> dict[str, Any]:
    meta, study = run.results.meta, run.plan.study
    if meta.survey is None:
        raise StoreError(
            f"{run.folder / METRICS_FILE} does not say which survey was asked: run the study "
            "again, it writes the file anew."
        )
    note = meta.metrics.get(meta.primary)
    references = dict.fromkeys(
        row.arm.removeprefix("reference:")
        for row in run.results.rows
        if row.arm.startswith("reference:") and row.metric == meta.primary
    )
    ways = {arm.id: way_told(study.settings(arm), study.answers) for arm in study.arm}
    return {
        "models": [_model(model, meta.models) for model in meta.models],
        "survey": meta.survey,
        "survey_title": quoted(meta.survey.title or meta.survey.name),
        "survey_key": "wvs7" if "wvs" in study.survey.source.casefold() else "",
        "cultures": [quoted(culture.name) for culture in meta.cultures],
        "no_answer": ", ".join(f"{code} {share:.1%}" for code, share in meta.no_answer.items()),
        "groups": _groups(meta.groups),
        "arms": [_arm(arm, ways.get(arm.id, [])) for arm in meta.arms],
        "prompts": _prompts(run),
        "answers": " ".join(_answers(run)),
        "adaptations": [_adaptation(run, section) for section in run.plan.study.adapt],
        "primary": meta.primary.replace("_", " "),
        "primary_text": note.text if note else "",
        "intervals": meta.intervals,
        "draws": f"{study.study.draws:,}",
        "differences": bool(run.results.differences),
        "references": list(references),
        "more": list(study.metrics.more),
        "map": meta.map is not None,
        "fictitious": run.finished.survey.fictitious,
        "refused": _refused(run),
        "abilities": list(study.abilities.tasks),
        "harness": any(task != "everyday" for task in study.abilities.tasks),
        "fidelity": any(row.metric == "population_fidelity" for row in run.results.rows),
        "software": _software(run),
    }


def listed(names: Sequence[object]) -> str:
    """Return names as a sentence lists them.

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    texts = [str(name) for name in names]
    return " and ".join(filter(None, [", ".join(texts[:-1]), *texts[-1:]]))


def _count_of(count: int | None, what: str) -> str:
    return f"the {what}s" if count is None else f"{count} {what}{'s' * (count != 1)}"


def _model(model: ModelNote, models: Sequence[ModelNote]) -> str:
    plain = next((m for m in models if _weights(m) == _weights(model) and not m.adapter), None)
    if plain is not None and model.adapter:
        return f"`{model.id}` is `{plain.id}` with an adapter ({model.adapter[:12]})."
    cited = " [@smollm2]" if model.model == EMBEDDED else ""
    named = "SmolLM2-135M-Instruct, as embedded" if model.model == EMBEDDED else model.model
    facts = [
        f"revision {model.revision}" if model.revision else "",
        model.dtype,
        f"weights {model.weights[:12]}" if model.weights else "",
        f"adapter {model.adapter[:12]}" if model.adapter else "",
        f"chat template {model.template}" if model.template else "",
    ]
    described = ", ".join(filter(None, facts))
    return f"`{model.id}` is {named}{cited}{f' ({described})' if described else ''}."


def _weights(model: ModelNote) -> tuple[str, ...]:
    return model.model, model.weights, model.dtype, model.template


@functools.cache
def _words() -> Mapping[str, Mapping[str, str]]:
    source = resources.files("acculturate.report") / "words.toml"
    return tomllib.loads(source.read_text(encoding="utf-8"))


def _groups(note: GroupNote | None) -> str:
    """Return a sentence on the groups of people; "" where cultures are measured whole."""
    if note is None:
        return ""
    kept = sum(cell.kept for cell in note.cells)
    return (
        f"The people of each country are parted by {listed(note.by)}; {kept} of "
        f"{len(note.cells)} groups have at least {note.least} respondents."
    )


def _arm(arm: ArmNote, way: Sequence[str]) -> str:
    known = _words()["framing"]
    parts = [known[part] for part in arm.framing.split("+") if part in known]
    framing = f"framing {arm.framing}" + (f" ({'; '.join(parts)})" if parts else "")
    control = arm.control or ""
    taught = f", a control: {_words()['control'].get(control, control)}" if control else ""
    asked = "".join(f", {part}" for part in way)
    return f"Arm {arm.id}: `{arm.model}`, {framing}{taught}{asked}."


def _prompts(run: OpenedRun) -> str:
    own = run.plan.study.answers
    spoken = [language for arm in run.plan.study.arm for language in arm.languages]
    ways = [way_told(run.plan.study.settings(arm), own) for arm in run.plan.study.arm]
    languages = dict.fromkeys([*own.languages, *spoken])
    unsaid = (
        "Where an arm does not say otherwise, each item is asked by itself and"
        if any(ways)
        else "Each item is asked by itself and"
    )
    described = (
        f"Prompts are in {listed([OWN.get(name, name) for name in languages])} with "
        f"{_count_of(own.wordings, 'wording')} of each item and "
        f"{_count_of(own.framing_wordings, 'wording')} of each framing. {unsaid} "
        "options are labelled with numbers."
    )
    return f"{described} Prompts name the survey." if own.name_survey else described


KINDS = {
    "expected": "An answer is the probability of each option's label at the reply's beginning, "
    "divided by that of all labels together.",
    "sampled": "An answer is a text, of which only those that state one option count.",
    "stated": "An answer is the shares of people that the model writes.",
}


def _answers(run: OpenedRun) -> Iterator[str]:
    own, arms = run.plan.study.answers, run.plan.study.arm
    kinds = dict.fromkeys(run.plan.study.settings(arm).kind for arm in arms)
    yield from (KINDS[kind] for kind in kinds)
    yield f"Options are shown {orders_told(own)}, and answers are averaged over orders."
    if set(kinds) - {"expected"}:
        sampling = own.sampling
        yield (
            f"Texts are drawn {own.samples} times for each prompt with temperature "
            f"{sampling.temperature:g}, top-p {sampling.top_p:g}, at most {own.max_tokens} tokens "
            f"(stated shares: {own.stated_tokens}) and seed {own.seed}."
        )
    if any(_speaks_of_people(arm) for arm in arms):
        behind = own.backdrop
        told = ", ".join(f"{name} {_told(value)}" for name, value in behind)
        yield f"What framings take from the survey's people: {told}."


def _speaks_of_people(arm: ArmSection) -> bool:
    return bool({"persona", "self-alignment", "cross-culture"} & set(arm.framing.split("+")))


def _adaptation(run: OpenedRun, section: Adaptation) -> str:
    roles = [f"{role} `{name}`" for role in section.roles if (name := getattr(section, role))]
    control = f", a control ({section.control})" if section.control else ""
    described = [
        f"`{section.id}` is {section.title or section.method}{control} on `{section.base}`"
        f"{f' with {listed(roles)}' if roles else ''}, grouping {section.grouping}, for "
        f"{listed([culture.name for culture in run.plan.context.cultures])}, with "
        f"{', '.join(_other_settings(section.own)) or 'the default settings'}.",
        _tuning(run, section),
        *section.methods_notes,
    ]
    for trained in run.results.meta.tuning:
        if trained.adapt == section.id:
            steps = _count_of(len(trained.losses), "step")
            described.append(
                f"Adapter {trained.adapter}: {_count_of(trained.rows, 'row')}, "
                f"{trained.trained_tokens} trained tokens, {steps}."
            )
    return " ".join(described)


def _tuning(run: OpenedRun, section: Adaptation) -> str:
    """Return a sentence on an adapter's settings, or on the first adaptation that has the same."""
    tuning = section.tuning
    first = next(other for other in run.plan.study.adapt if other.tuning == tuning)
    if first is not section:
        return f"Its adapter has the settings of `{first.id}`."
    kind = "QLoRA [@qlora]" if tuning.quantised != "none" else "LoRA [@lora]"
    told = ", ".join(f"{name} {_told(value)}" for name, value in tuning)
    return f"Its adapter is {kind} with {told}."


def _other_settings(own: Any, before: str = "") -> Iterator[str]:
    """Yield the settings of a method that are not its defaults, those of its parts with a dot."""
    if not isinstance(own, BaseModel):
        return
    for name, field in type(own).model_fields.items():
        value, default = getattr(own, name), field.get_default(call_default_factory=True)
        if isinstance(value, BaseModel):
            yield from _other_settings(value, f"{before}{name}.")
        elif value != default:
            yield f"{before}{name} {_told(value)}"


def _told(value: Any) -> str:
    if isinstance(value, BaseModel):
        return "; ".join(f"{name} {_told(part)}" for name, part in value)
    if isinstance(value, list | tuple):
        return f"({' '.join(map(str, value))})"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _refused(run: OpenedRun) -> str:
    rows = [
        row
        for row in run.results.rows
        if row.metric == run.results.meta.primary
        and row.culture == "mean"
        and not row.arm.startswith("reference:")
        and row.refused is not None
    ]
    told = [f"{row.arm} {row.refused}" for row in rows if row.refused]
    if not rows:
        return ""
    return f"Answers that could not be read: {listed(told)}." if told else "No answer was refused."


def _software(run: OpenedRun) -> str:
    again = run.results.meta.rerun
    packages = [
        f"{name} {version}" + (f" [@{name}]" if name in _bibliography() else "")
        for name, version in again.environment.packages.items()
        if version and name != "acculturate"
    ]
    own = again.environment.packages.get("acculturate") or "unknown"
    seeds = f" Seeds: {listed(again.seeds)}." if again.seeds else ""
    return (
        f"acculturate {own} [@acculturate], Python {again.environment.python}, "
        f"{', '.join(packages)}; {again.environment.machine}.{seeds} Every setting stands in "
        f"{STUDY_FILE}."
    )
