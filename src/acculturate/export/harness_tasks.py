"""Harness tasks: a run's survey as tasks of lm-evaluation-harness, with the prompts, labels and
distances of this package, so that both give the same answers.

A task is an arm (or each part of one that has several adapters). Its folder has the task file, the
documents, one for each prompt, and `scoring.py`, which needs no acculturate. Labels are weighed as
`engines.labels` does: with and without a space before them, and where one runs on into another
("1" into "10") the shorter one gets what does not run on.

    write_harness_tasks(run, Path("tasks"))
    lm_eval --include_path tasks --tasks acculturate_demo_aware --model hf --model_args ...
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

from acculturate.asking import AnswerSettings, Ask, messages
from acculturate.engines import ModelSpec, chat, kind_of
from acculturate.engines.embedded import EMBEDDED
from acculturate.engines.labels import LabelPlan, plan_labels
from acculturate.engines.model_files import local_folder, read_tokenizer
from acculturate.errors import ConfigError, EngineError
from acculturate.export.answer_rows import people_shares
from acculturate.export.opened_run import OpenedRun
from acculturate.records import ChooseRequest, Message
from acculturate.study.models import plain_spec
from acculturate.study.parts import Part
from acculturate.visible import in_markdown

SCORING = "scoring.py"


class Choices(NamedTuple):
    """The texts to weigh, and of each label which of them count, with their signs."""

    texts: tuple[str, ...]
    weights: tuple[tuple[tuple[int, int], ...], ...]


class Form(NamedTuple):
    """How a model's prompts are written: its tokenizer, None where it is not on this machine, and
    whether the harness is to apply the chat template.
    """

    tokenizer: Any
    templated: bool


class HarnessTask(NamedTuple):
    """A written task: its name, how many documents, and how its model is named to lm-eval."""

    name: str
    arm: str
    documents: int
    arguments: str
    templated: bool
    sure: bool


def write_harness_tasks(run: OpenedRun, folder: Path) -> str:
    """Write a task for each arm of option probabilities; returns what was written as a sentence.

    Raises `ConfigError` where there is none, and `EngineError` for a model of files that are gone.
    """
    chosen = [
        (arm, part)
        for arm, parts in run.plan.parts.items()
        for part in parts
        if _can_be_a_task(part.stage.settings)
    ]
    if not chosen:
        raise ConfigError(
            f"The arms of {run.folder} write their answers, and lm-eval has no reader of them: "
            'tasks are made of arms with answers.kind = "expected", each item by itself.'
        )
    scoring = resources.files(__package__).joinpath("harness_scoring.py")
    (folder / SCORING).write_text(scoring.read_text(encoding="utf-8"), encoding="utf-8")
    tasks = [_write(run, arm, part, folder) for arm, part in chosen]
    (folder / "README.md").write_text(_page(run, tasks), encoding="utf-8")
    return f"{len(tasks)} lm-eval tasks ({', '.join(task.name for task in tasks)})"


def _can_be_a_task(settings: AnswerSettings) -> bool:
    """Return whether each prompt has one item, whose options are all that is weighed."""
    by_itself = settings.presentation == "single" and not settings.reason
    options = settings.no_answer == "left out" and not settings.by_length
    return settings.kind == "expected" and by_itself and options


def _write(run: OpenedRun, arm: str, part: Part, folder: Path) -> HarnessTask:
    spec = plain_spec(run.plan.study, part.ref)
    words = ("acculturate", run.plan.study.run_name, part.stage.name.removeprefix("arm "))
    name = re.sub(r"\W+", "_", "_".join(words)).strip("_")
    form, count = _form(run, part, spec), 0
    with (folder / f"{name}.jsonl").open("w", encoding="utf-8", newline="\n") as file:
        for doc in documents(run, part, form):
            file.write(f"{json.dumps(doc, ensure_ascii=False)}\n")
            count += 1
    cultures = [culture.code for culture in part.stage.cultures]
    (folder / f"{name}.yaml").write_text(_task(name, cultures), encoding="utf-8")
    return HarnessTask(
        name, arm, count, _arguments(run, part, spec, form), form.templated, bool(form.tokenizer)
    )


def _form(run: OpenedRun, part: Part, spec: ModelSpec) -> Form:
    """Return how prompts are written; raises `EngineError` for a model whose files are gone."""
    if not kind_of(spec).files:
        return Form(None, True)
    try:
        tokenizer = read_tokenizer(local_folder(spec), spec.trust_remote_code)
    except EngineError as error:
        raise EngineError(
            f"The tokenizer of the model '{spec.name}' is needed to write how its labels are "
            f"weighed, and it is not here: {error}"
        ) from error
    first = messages(next(part.stage.asks()))
    return Form(tokenizer, _is_plain(tokenizer, first))


def _is_plain(tokenizer: Any, messages: Sequence[Message]) -> bool:
    """Return whether the chat template alone gives the prompt that this package sends."""
    if not chat.has_template(tokenizer):
        return False
    turns = [{"role": message.role, "content": message.text} for message in messages]
    try:
        alone = tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True)
    except Exception:  # a template raises what it likes
        return False
    return bool(alone == chat.render(tokenizer, messages))


def documents(run: OpenedRun, part: Part, form: Form) -> Iterator[Mapping[str, Any]]:
    """Yield a document for each prompt of a part."""
    for ask, request in zip(part.stage.asks(), part.stage.requests(), strict=True):
        assert isinstance(request, ChooseRequest), "an arm of option probabilities"
        yield _document(run, part, ask, request, form)


def _document(
    run: OpenedRun, part: Part, ask: Ask, request: ChooseRequest, form: Form
) -> Mapping[str, Any]:
    system, user = (message.text for message in request.messages)
    if not form.templated:
        system, user = "", chat.render(form.tokenizer, request.messages)
    alike = part.stage.told_alike(ask.framing)
    held = alike[ask.culture.code] if ask.culture else part.stage.cultures
    order = ask.presentation.order
    weighed = _choices(form.tokenizer, request)
    return {
        "item": ask.item.id,
        "culture": ask.culture.code if ask.culture else "",
        "system": system,
        "user": user,
        "choices": weighed.texts,
        "weights": weighed.weights,
        "position": [order.index(place) for place in range(len(order))],
        "ordinal": ask.item.ordinal,
        "people": {
            culture.code: people_shares(run.finished.survey, culture.code, ask.item)
            for culture in held
        },
    }


def _choices(tokenizer: Any, request: ChooseRequest) -> Choices:
    labels = request.labels
    if tokenizer is None:
        return Choices(labels, tuple(((at, 1),) for at in range(len(labels))))
    plan = plan_labels(tokenizer, chat.render(tokenizer, request.messages), labels)
    return weighed_choices(tokenizer, plan)


def weighed_choices(tokenizer: Any, plan: LabelPlan) -> Choices:
    """Return what is to be weighed for a plan of labels, as texts.

    A path counts with the probability that the reply begins with it, less that of the paths that
    go on from it.
    """
    at: dict[tuple[int, ...], int] = {}
    weights = []
    for paths in plan.paths:
        parts = []
        for path in paths:
            parts.append((at.setdefault(path, len(at)), 1))
            parts += [
                (at.setdefault((*path, token), len(at)), -1)
                for token in plan.questions.get(path, ())
            ]
        weights.append(tuple(parts))
    return Choices(tuple(tokenizer.decode(list(path)) for path in at), tuple(weights))


def _task(name: str, cultures: Sequence[str]) -> str:
    metrics = [
        ("alignment", "alignment"),
        *((f"alignment_{code}", "alignment") for code in cultures),
        ("option_mass", "mean"),
    ]
    lines = [
        f"task: {name}",
        "custom_dataset: !function scoring.documents",
        "dataset_kwargs:",
        f"  file: {name}.jsonl",
        "test_split: test",
        "output_type: multiple_choice",
        "description: system",
        "doc_to_text: user",
        "doc_to_choice: !function scoring.choices",
        "doc_to_target: 0",
        'target_delimiter: ""',
        'fewshot_delimiter: ""',
        "process_results: !function scoring.answer",
        "metric_list:",
        *(
            f"  - metric: {metric}\n    aggregation: !function scoring.{how}\n"
            "    higher_is_better: true"
            for metric, how in metrics
        ),
        "metadata:",
        "  version: 1.0",
    ]
    return "\n".join([*lines, ""])


def _arguments(run: OpenedRun, part: Part, spec: ModelSpec, form: Form) -> str:
    """Return `--model_args` for the model of a part."""
    if form.tokenizer is None:
        return "pretrained=MODEL"
    base = spec.name
    if base == EMBEDDED:
        base = (
            '$(python -c "from acculturate.engines.embedded import embedded_folder; '
            'print(embedded_folder())")'
        )
    elif (folder := Path(base).expanduser()).is_dir():
        base = str(folder.resolve())  # lm-eval is called in the folder of the tasks
    identity = run.identities().get(part.ref)
    facts = [f"pretrained={base}", f"revision={spec.revision}" if spec.revision else ""]
    if part.ref.startswith("@"):
        adapter = run.folder / "adapters" / part.ref.removeprefix("@")
        facts.append(f"peft={adapter.resolve()}")
    facts.append(f"dtype={identity.dtype.split()[0]}" if identity else "")
    return ",".join(filter(None, facts))


def _page(run: OpenedRun, tasks: Sequence[HarnessTask]) -> str:
    known = {
        row.arm: row.value
        for row in run.results.rows
        if row.metric == "alignment" and row.culture == "mean"
    }
    lines = ["# The survey as tasks of lm-evaluation-harness", ""]
    notice = run.results.meta.survey.notice if run.results.meta.survey else ""
    for task in tasks:
        value = known.get(task.arm)
        lines += [f"## {task.name}", "", f"{task.documents:,} prompts of the arm `{task.arm}`."]
        if value is not None:
            lines.append(f"Its alignment in the run, mean over cultures: {value:.4f}.")
        if not task.sure:
            lines.append(
                "The run's model is not one whose files are read here, so labels are weighed as "
                "they stand: with options 1 to 10, 1 holds what runs on into 10."
            )
        chat_flag = " --apply_chat_template" if task.templated else ""
        lines += [
            "", "```sh",
            f"lm_eval --include_path . --tasks {task.name}{chat_flag} --model hf \\",
            f"  --model_args {task.arguments}",
            "```", "",
        ]  # fmt: skip
    lines += [
        "lm-eval weighs the line break before the reply as well, so its `option_mass` may lie a "
        "little below the run's; shares are the same.",
        "",
    ]
    lines += ["## Source and terms of the survey", "", *map(in_markdown, notice.splitlines()), ""]
    return "\n".join(lines)
