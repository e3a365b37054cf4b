"""Inputs that are wrong, as a table: what is typed, which files lie there, what the environment is.

A case is `(words, files)` or `(words, files, environment)`. Files are texts, bytes, or None for a
folder; a name of a file is a path below the folder that the command runs in.
"""

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

LONG = "x" * 5000
HUGE = "9" * 5000
LONE = "a\udcffb"
ESCAPE = "\x1b]0;owned\x07\x1b[31m"
HIDDEN = "a\u202eb\u200bc"
BRACES = 1200

STUDY = """
[study]
name = "tiny"
{study}
[survey]
items = ["Q1", "Q152"]
{survey}
[cultures]
measure = ["CHN"]
{cultures}
[models.base]
name = "mock:uniform"
{models}
[answers]
{answers}
{tables}
[[arm]]
id = "aware"
{arm}
{end}
"""
PARTS = ("study", "survey", "cultures", "models", "answers", "tables", "arm", "end")
LAYOUT = """
title = "Mine"
[columns]
culture = "country"
{columns}
[items.A1]
stem = "Is it so?"
codes = {codes}
options = ["no", "yes", "it depends"]
{more}
"""
PEOPLE = "country,A1,w\nCHN,1,1\nCHN,2,1\nDEU,3,1\n"
MARGINALS = "culture,item,code,count\nCHN,Q1,1,10\nCHN,Q1,2,5\nCHN,Q1,3,3\nCHN,Q1,4,1\n"
ANSWERS = "culture,item,answer\nCHN,Q1,1\n"
ROW = {"prompt": [{"role": "user", "content": "Say 1."}], "completion": "1", "culture": "CHN"}
CHECK = ["clca", "scenarios", "check", "s.toml"]
PUBLISHED = ["--rules", "published"]  # the rules that are ready at once
QUESTION = {"topic": "t", "question": "Do you vote?", "options": ["Yes", "No"]}
DIALOGUE: dict[str, Any] = {
    "id": "d1", "culture": "CHN", "language": "en", "domain": "work", "adapted": True,
    "setting": "An office.",
    "people": [{"name": "A", "occupation": "cook", "goal": "g", "secret": "s"},
               {"name": "B", "occupation": "clerk", "goal": "g", "secret": "s"}],
    "end": "left", "moves": [{"speaker": "A", "kind": "speak", "text": "Hello."}],
    "verdicts": [{"question": "quality", "good": True}],
}  # fmt: skip


class Bad(NamedTuple):
    """What is typed, and what lies there."""

    words: Sequence[str]
    files: Mapping[str, str | bytes | None] = {}
    environment: Mapping[str, str | None] = {}


def study(**parts: str) -> str:
    """Return a small study file with lines added to its parts."""
    return STUDY.format(**{part: parts.get(part, "") for part in PARTS})


def ran(text: str, *words: str) -> Bad:
    """Return a study that is run."""
    return Bad(["run", "s.toml", "--quiet", *words], {"s.toml": text})


def prompted(template: str) -> Bad:
    """Return a study whose framing is this template."""
    return Bad(
        ["run", "s.toml", "--quiet"],
        {
            "s.toml": study(answers='prompts = ["mine"]', arm='framing = "own"'),
            "mine/own/en.1.jinja": template,
        },
    )


def imported(table: str | bytes, name: str = "t.csv", *words: str) -> Bad:
    """Return a table that is imported as a survey."""
    return Bad(["survey", "import", name, "--name", "mine", *words], {name: table})


def laid_out(layout: str, people: str = PEOPLE) -> Bad:
    """Return persons' answers that are imported by a layout."""
    words = ["survey", "import", "t.csv", "--name", "mine", "--layout", "l.toml"]
    return Bad(words, {"t.csv": people, "l.toml": layout})


def layout(codes: str = "[1, 2, 3]", columns: str = "", more: str = "") -> str:
    return LAYOUT.format(codes=codes, columns=columns, more=more)


def scored(table: str | bytes, name: str = "a.csv", *words: str) -> Bad:
    """Return a file of answers that is scored."""
    return Bad(["score", name, *words], {name: table})


def reported(text: str | bytes) -> Bad:
    """Return a run folder whose metrics were written by hand."""
    return Bad(["report", "r"], {"r/metrics.json": text})


def tuned(line: Any, *words: str) -> Bad:
    """Return a row that is tuned on."""
    text = line if isinstance(line, str | bytes) else json.dumps(line)
    return Bad(["tune", "rows.jsonl", "--out", "adapter", *words], {"rows.jsonl": text})


def filtered(line: Any, *words: str) -> Bad:
    """Return questions that are filtered."""
    text = line if isinstance(line, str | bytes) else json.dumps(line)
    return Bad(["culturespa", "filter", "q.jsonl", *words, *PUBLISHED], {"q.jsonl": text})


def judged(sheet: str | bytes, name: str = "ana.csv", **changed: Any) -> Bad:
    """Return a sheet of verdicts that is compared with a run's dialogues."""
    return Bad(
        ["clca", "verdicts", "compare", "r", name],
        {"r/ad.dialogues.jsonl": json.dumps(DIALOGUE | changed) + "\n", name: sheet},
    )


def shelved(**changed: Any) -> Bad:
    """Return a survey on the shelf whose record was changed by hand."""
    record: dict[str, Any] = {
        "schema": 2, "name": "mine", "title": "Mine", "format": "marginals", "kind": "marginals",
        "items": [], "cultures": ["CHN"], "respondents": 0, "weighted": False,
        "source": {"file": "t.csv", "sha256": ""}, "data": "marginals-1.parquet",
        "data_sha256": "0", "data_bytes": 4, "findings": [],
    }  # fmt: skip
    for key, value in changed.items():
        record[key] = value
        if value is None:
            del record[key]
    return Bad(
        ["survey", "check", "mine"],
        {
            "data/surveys/mine/survey.json": json.dumps(record),
            "data/surveys/mine/marginals-1.parquet": b"PAR1",
        },
    )


def archive(**files: bytes) -> bytes:
    """Return a ZIP archive."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as packed:
        for name, data in files.items():
            packed.writestr(name.replace("_", "."), data)
    return held.getvalue()


def encrypted() -> bytes:
    """Return an archive whose one file says that it is encrypted."""
    packed = bytearray(archive(t_csv=MARGINALS.encode()))
    packed[6] |= 1
    packed[packed.rindex(b"PK\x01\x02") + 8] |= 1
    return bytes(packed)


def nested(depth: int = BRACES, left: str = "[", right: str = "]") -> str:
    return left * depth + right * depth


ARM = '[[arm]]\nid = "b"\n'
CULTURESPA = '[[adapt]]\nid = "spa"\nmethod = "culturespa"\n{}\n[[arm]]\nid = "b"\nmodel = "@spa"\n'
CLCA = '[[adapt]]\nid = "spa"\nmethod = "clca"\n{}\n[[arm]]\nid = "b"\nmodel = "@spa"\n'
SURVEY = '[[adapt]]\nid = "spa"\nmethod = "survey"\n{}\n[[arm]]\nid = "b"\nmodel = "@spa"\n'
MEASURE = ["measure", "mock:uniform", "--cultures", "CHN", "--items", "Q1", "--quiet"]


WRITTEN = study(cultures='adapt = ["CHN"]', end=CULTURESPA.format('questions.from = "q.csv"'))


def adapted(lines: str, method: str = CULTURESPA) -> Bad:
    """Return a study with an adaptation that has these lines."""
    return ran(study(cultures='adapt = ["CHN"]', end=method.format(lines)))


NAMES = {
    "a study file with a long name": Bad(["run", f"{LONG}.toml"]),
    "a study file with a name of 300": Bad(["run", "y" * 300 + ".toml"]),
    "a study that is a folder": Bad(["run", "f"], {"f": None}),
    "a study that is a device": Bad(["run", "/dev/null"]),
    "a study that is no text": Bad(["run", "s.toml"], {"s.toml": b"\xff\xfe\x00\x01"}),
    "a study below a file": Bad(["run", "f/s.toml"], {"f": "x"}),
    "a run folder with a long name": ran(study(), "--out", LONG),
    "a run folder with a name of 300": ran(study(), "--out", "y" * 300),
    "a run folder that is a file": Bad(
        ["run", "s.toml", "--quiet", "--out", "taken"], {"s.toml": study(), "taken": "x"}
    ),
    "a run folder that is a device": ran(study(), "--out", "/dev/null"),
    "a run folder with NUL": ran(study(), "--out", "a\0b"),
    "a run folder with half a letter": ran(study(), "--out", LONE),
    "a study with half a letter": Bad(["run", LONE]),
    "an unknown user's folder": Bad(["run", "~nobody-here/s.toml"]),
    "no such home": Bad(["measure", "~nobody-here/model", "--cultures", "CHN"]),
    "a data folder that is a file": Bad(
        ["survey", "import", "t.csv", "--name", "mine"],
        {"t.csv": MARGINALS, "taken": "x"},
        {"ACCULTURATE_DATA": "taken"},
    ),
    "a data folder that is a device": Bad(
        ["survey", "import", "t.csv", "--name", "mine"],
        {"t.csv": MARGINALS},
        {"ACCULTURATE_DATA": "/dev/null"},
    ),
    "a data folder with a long name": Bad(
        ["survey", "import", "t.csv", "--name", "mine"],
        {"t.csv": MARGINALS},
        {"ACCULTURATE_DATA": LONG},
    ),
    "a survey to show in a long folder": Bad(
        ["survey", "show", "mine"], {}, {"ACCULTURATE_DATA": LONG}
    ),
    "a study name of 300": ran(study().replace('"tiny"', f'"{"n" * 300}"')),
    "a study name with a path": ran(study().replace('"tiny"', '"../../x"')),
    "a study name with a newline": ran(study().replace('"tiny"', '"a\\n"')),
    "an arm of 300": ran(study(end=f'[[arm]]\nid = "{"n" * 300}"')),
    "an arm with a newline": ran(study(end='[[arm]]\nid = "n\\n"')),
    "an adaptation of 300": Bad(
        ["run", "s.toml", "--quiet"],
        {
            "s.toml": study(
                cultures='adapt = ["CHN"]',
                end=CULTURESPA.format("").replace('spa"', "n" * 300 + '"'),
            )
        },
    ),
    "a survey of 5000": Bad([*MEASURE, "--survey", LONG]),
    "a survey elsewhere": Bad([*MEASURE, "--survey", "../../etc/passwd"]),
    "a survey with an escape": Bad([*MEASURE, "--survey", ESCAPE]),
    "a survey's name of 300": Bad(
        ["survey", "import", "t.csv", "--name", "n" * 300], {"t.csv": MARGINALS}
    ),
    "a survey's name with a newline": Bad(
        ["survey", "import", "t.csv", "--name", "n\n"], {"t.csv": MARGINALS}
    ),
    "a survey's name elsewhere": Bad(
        ["survey", "import", "t.csv", "--name", "../x"], {"t.csv": MARGINALS}
    ),
    "an item with an escape": Bad(
        ["measure", "mock:uniform", "--cultures", "CHN", "--items", f"Q1,{ESCAPE}"]
    ),
    "a culture with half a letter": Bad(["measure", "mock:uniform", "--cultures", LONE]),
    "a culture with hidden letters": Bad(["measure", "mock:uniform", "--cultures", HIDDEN]),
    "a culture of 100,000": Bad(["measure", "mock:uniform", "--cultures", "C" * 100_000]),
    "many cultures": Bad(["measure", "mock:uniform", "--cultures", ",".join(["XXX"] * 3000)]),
    "a model of 5000": Bad(["measure", LONG, "--cultures", "CHN"], {}, {"HF_HUB_OFFLINE": "1"}),
    "a model with an escape": Bad(["measure", ESCAPE, "--cultures", "CHN"]),
    "a model without a name": Bad(["measure", "", "--cultures", "CHN"]),
    "a mock of 5000": Bad(["measure", f"mock:{LONG}", "--cultures", "CHN"]),
    "an adapter of 5000": Bad([*MEASURE, "--adapter", LONG]),
    "a framing of 5000": Bad([*MEASURE, "--framing", LONG]),
    "a framing elsewhere": Bad([*MEASURE, "--framing", "../aware"]),
    "a setting of 100,000": Bad([*MEASURE, "--set", "x" * 100_000]),
    "a setting with a newline": Bad([*MEASURE, "--set", "a\nb=1"]),
    "a setting deep down": Bad([*MEASURE, "--set", ".".join("a" * 3000) + "=1"]),
    "a setting nested": Bad([*MEASURE, "--set", "answers.samples=" + nested()]),
    "a metric with an escape": Bad([*MEASURE, "--metric", ESCAPE]),
    "an option that is none": Bad(["measure", f"--{LONG}"]),
    "an option with an escape": Bad(["measure", f"--{ESCAPE}"]),
    "a command of 5000": Bad([LONG]),
    "a command with an escape": Bad([ESCAPE]),
    "no cultures": Bad(["measure", "mock:uniform"]),
    "empty cultures": Bad(["measure", "mock:uniform", "--cultures", ",,"]),
    "answers with a long name": Bad(["score", LONG]),
    "answers that are a folder": Bad(["score", "f"], {"f": None}),
    "answers that are a device": Bad(["score", "/dev/null"]),
    "answers with half a letter": Bad(["score", LONE]),
    "a report of a long name": Bad(["report", LONG]),
    "a report of a file": Bad(["report", "f"], {"f": "x"}),
    "a report of a name with an escape": Bad(["report", ESCAPE]),
    "a view of a long name": Bad(["view", LONG]),
    "a view of a name with an escape": Bad(["view", ESCAPE]),
    "a view of a file": Bad(["view", "f"], {"f": "x"}),
    "a view of an empty folder": Bad(["view", "r"], {"r": None}),
    "a view of a study without replies": Bad(["view", "r"], {"r/study.toml": ""}),
    "a view of a broken database": Bad(["view", "r"], {"r/study.toml": "", "r/run.db": b"x" * 99}),
    "a view on a port that cannot be": Bad(["view", "r", "--port", "65536"], {"r": None}),
    "a comparison of a long name": Bad(["compare", LONG, "a", "b"]),
    "a comparison of nothing": Bad(["compare", "x"]),
    "a comparison of many": Bad(["compare", *["x"] * 2000]),
    "rows with a long name": Bad(["tune", LONG, "--out", "adapter"]),
    "rows that are a folder": Bad(["tune", "f", "--out", "adapter"], {"f": None}),
    "questions with a long name": Bad(["culturespa", "filter", LONG, *PUBLISHED]),
    "questions that are a folder": Bad(["culturespa", "filter", "f", *PUBLISHED], {"f": None}),
    "questions kept in a folder": filtered(QUESTION, "--out", "f/g/kept.jsonl"),
    "questions kept under a long name": filtered(QUESTION, "--out", LONG),
    "scenarios with a long name": Bad(["clca", "scenarios", "check", LONG]),
    "scenarios in a missing folder": Bad(["clca", "scenarios", "check", "none"]),
    "a scenario of 5000": Bad(["clca", "scenarios", "show", LONG]),
    "a scenario with an escape": Bad(["clca", "scenarios", "show", ESCAPE]),
    "a sample of a long run": Bad(["clca", "verdicts", "sample", LONG, "--out", "s.csv"]),
    "a sample into a long file": Bad(
        ["clca", "verdicts", "sample", "r", "--out", f"{LONG}.csv"],
        {"r/ad.dialogues.jsonl": json.dumps(DIALOGUE)},
    ),
    "a doctor's model of 5000": Bad(["survey", "show", "--item", LONG]),
    "a language of 5000": Bad(["survey", "show", "--language", LONG]),
    "an encoder of 5000": Bad(
        ["culturespa", "filter", "q.jsonl", "--encoder", LONG], {"q.jsonl": json.dumps(QUESTION)}
    ),
}

NUMBERS = {
    **{
        f"{key} = {value[:12]}": ran(study(**{section: f"{key} = {value}"}))
        for section, key, values in (
            ("study", "seed", (HUGE, "9" * 19, "9" * 20, "-1", "inf", "1e308", "nan")),
            ("study", "draws", ("1000000000", HUGE, "inf", "0", "nan")),
            ("answers", "samples", ("1000000000000000000", HUGE, "0", "inf", '"²"')),
            ("answers", "random_orders", ("1000000000000",)),
            ("answers", "wordings", ("1000000000000000000",)),
            ("answers", "temperature", ("inf", "nan", "1e308", "-1.0")),
            ("answers", "max_tokens", ("1000000000000000000000",)),
            ("study", "seeds", ("[1, 99999999999999999999]", "[1e308]", "1")),
        )
        for value in values
    },
    "a setting of 5000 digits": Bad([*MEASURE, "--set", f"study.seed={HUGE}"]),
    "a setting of superscripts": Bad([*MEASURE, "--set", "arm.²=1"]),
    "a setting of an entry far away": Bad([*MEASURE, "--set", f"arm.{HUGE}.id=x"]),
    "a wording of superscripts": adapted('questions.from = "wordings:²"'),
    "per_topic of 1e18": adapted("culturespa = {questions = {per_topic = 1000000000000000000}}"),
    "rank of 1e18": adapted("tuning = {rank = 1000000000000000000}"),
    "learning rate of infinity": adapted("tuning = {learning_rate = inf}"),
    "a tuning seed of 5000 digits": adapted(f"tuning = {{seed = {HUGE}}}"),
    "a tuning seed beyond int64": adapted("tuning = {seed = 99999999999999999999}"),
    "exchanges of 1e18": adapted("clca = {roleplay = {exchanges = 1000000000000000000}}", CLCA),
    "dialogues of 1e18": adapted("clca = {roleplay = {dialogues = 1000000000000000000}}", CLCA),
    "a tolerance of infinity": scored(ANSWERS, "a.csv", "--tolerance", "inf"),
    "a tolerance that is no number": scored(ANSWERS, "a.csv", "--tolerance", "nan"),
    "a tolerance of superscripts": scored(ANSWERS, "a.csv", "--tolerance", "²"),
    "a sample of 0": Bad(["clca", "verdicts", "sample", "r", "--out", "s.csv", "--n", "0"]),
    "a sample of 5000 digits": Bad(
        ["clca", "verdicts", "sample", "r", "--out", "s.csv", "--n", HUGE]
    ),
    "variants of 1e18": Bad(
        [
            "clca",
            "scenarios",
            "adapt",
            "borrowed-money",
            "--culture",
            "MEX",
            "--model",
            "mock:uniform",
            "--out",
            "s.toml",
            "--variants",
            "1000000000000000000",
        ]
    ),
    "similar of infinity": filtered(QUESTION, "--similar", "inf"),
    "similar of 1e308": filtered(QUESTION, "--similar", "1e308"),
    "a temperature of a server": ran(study(models="[models.base.server]\ntimeout = inf")),
    "a price of infinity": ran(
        study(models="[models.base.server]\nprice = [inf, nan]\nspending_limit = 1")
    ),
    "a code of 70000": laid_out(layout("[1, 2, 70000]"), "country,A1\nCHN,1\nCHN,70000\n"),
    "a code beyond int64": laid_out(layout("[1, 2, 99999999999999999999]")),
    "a code of 5000 digits": laid_out(layout(f"[1, 2, {HUGE}]")),
    "a cell of 5000 digits": laid_out(layout(), f"country,A1\nCHN,{HUGE}\n"),
    "a cell of superscripts": laid_out(layout(), "country,A1\nCHN,²\n"),
    "a cell of infinity": laid_out(layout(), "country,A1\nCHN,inf\n"),
    "300 codes": laid_out(
        layout(str(list(range(1, 301)))).replace(
            '["no", "yes", "it depends"]', str([f"o{n}" for n in range(300)])
        )
    ),
    "missing codes beyond int64": laid_out(
        layout(more="[missing]\ncodes = [99999999999999999999]")
    ),
    "a recode of 5000 digits": laid_out(layout(more=f"recode = {{{HUGE} = 1}}")),
    "weights of zero": laid_out(layout(columns='weight = "w"'), "country,A1,w\nCHN,1,0\nCHN,2,0\n"),
    "weights of infinity": laid_out(layout(columns='weight = "w"'), "country,A1,w\nCHN,1,inf\n"),
    "weights of 1e308": laid_out(
        layout(columns='weight = "w"'), "country,A1,w\nCHN,1,1e308\nCHN,2,1e308\n"
    ),
    "weights of superscripts": laid_out(layout(columns='weight = "w"'), "country,A1,w\nCHN,1,²\n"),
    "counts of infinity": imported(MARGINALS.replace("10", "inf")),
    "counts of 1e308": imported(MARGINALS.replace("10", "1e308").replace("5", "1e308")),
    "counts below zero": imported(MARGINALS.replace("10", "-1")),
    "counts of 5000 digits": imported(MARGINALS.replace("10", HUGE)),
    "counts of zero": imported("culture,item,code,count\nCHN,Q1,1,0\nCHN,Q1,2,0\n"),
    "a count's code of superscripts": imported(MARGINALS.replace("Q1,1", "Q1,¹")),
    "a count's code beyond int64": imported(MARGINALS.replace("Q1,1", "Q1,99999999999999999999")),
    "an answer of superscripts": scored(ANSWERS, "a.csv", "--kind", "²"),
    "probabilities of infinity": scored('culture,item,probabilities\nCHN,Q1,"[inf, 0, 0, 0]"\n'),
    "probabilities of 1e308": scored('culture,item,probabilities\nCHN,Q1,"[1e308, 1e308, 0, 0]"\n'),
    "probabilities of 5000 digits": scored(
        f'culture,item,probabilities\nCHN,Q1,"[{HUGE}, 0, 0, 0]"\n'
    ),
    "probabilities of zero": scored('culture,item,probabilities\nCHN,Q1,"[0, 0, 0, 0]"\n'),
    "probabilities nested": scored(f'culture,item,probabilities\nCHN,Q1,"{nested(9000)}"\n'),
    "a row's weight of infinity": tuned(
        '{"prompt": [{"role": "user", "content": "a"}], "completion": "1", "weight": Infinity}'
    ),
    "a row's weight of 5000 digits": tuned(
        f'{{"prompt": [{{"role": "user", "content": "a"}}], "completion": "1", "weight": {HUGE}}}'
    ),
    "a row's place of 5000 digits": tuned(
        '{"prompt": [{"role": "user", "content": "a"}], '
        f'"completion": "1", "trained": [{HUGE}]}}'
    ),
    "a row's target of 1e308": tuned(
        {"prompt": ROW["prompt"], "labels": ["1", "2"], "target": [1e308, 1e308]}
    ),
}

SHAPES = {
    "a study nested": ran(f"a = {nested()}"),
    "a study of nested tables": ran(study(end="[" + ".".join(["a"] * 3000) + "]")),
    "a study of inline tables": ran("a = " + "{a=" * 1000 + "1" + "}" * 1000),
    "a study of a list": ran(study().replace("[study]", "[[study]]")),
    "a study of a number": ran("study = 1"),
    "an empty study": ran(""),
    "a study of NUL": ran("\0\0\0"),
    "a study of a mark": ran("\ufeff" + study()),
    "profiles of a list": ran(study(end="[[profiles]]\nid = 1"), "--profile", "a"),
    "profiles of a number": ran("profiles = 1\n" + study(), "--profile", "a"),
    "a profile that is none": ran(study(), "--profile", LONG),
    "a profile with an escape": ran(study(), "--profile", ESCAPE),
    "an entry's id of a list": ran(study(end="[[arm]]\nid = [1]")),
    "an entry's id of a table": ran(study(end="[[arm]]\nid = {a = 1}")),
    "a profile's entry with an id of a list": ran(
        study(end='[[profiles.a.arm]]\nid = ["x"]\nframing = "aware"'), "--profile", "a"
    ),
    "a profile's entry with an id of a table": ran(
        study(end='[[profiles.a.arm]]\nid = {x = 1}\nframing = "aware"'), "--profile", "a"
    ),
    "a study's name of a list": ran(study().replace('"tiny"', '["tiny"]')),
    "a model's name of a table": ran(study().replace('"mock:uniform"', "{a = 1}")),
    "a model of a text": ran(study(tables='[models]\nother = "x"')),
    "cultures of a table": ran(study().replace('["CHN"]', "{a = 1}")),
    "a culture of a list": ran(study().replace('["CHN"]', '[["CHN"]]')),
    "items of a table": ran(study().replace('["Q1", "Q152"]', "{a = 1}")),
    "no items": ran(study().replace('["Q1", "Q152"]', "[]")),
    "an adaptation's method of a list": Bad(
        ["run", "s.toml"], {"s.toml": study(end='[[adapt]]\nid = "a"\nmethod = ["x"]')}
    ),
    "an adaptation of a number": ran("adapt = 1\n" + study()),
    "an arm of a number": ran(study(), "--set", "arm=1"),
    "a preset of a list": adapted("preset = [1]"),
    "tuning of a list": adapted("tuning = [1]"),
    "prompts of a table": ran(study(answers="prompts = {a = 1}")),
    "languages of a number": ran(study(answers="languages = 1")),
    "a language of an escape": ran(study(answers='languages = ["\\u001b[31m"]')),
    "prompts in a file": Bad(
        ["run", "s.toml", "--quiet"],
        {"s.toml": study(answers='prompts = ["f"]', arm='framing = "own"'), "f": "x"},
    ),
    "prompts under a long name": ran(study(answers=f'prompts = ["{LONG}"]', arm='framing = "own"')),
    "a broken expression": adapted('tuning = {target = "*("}'),
    "a broken expression to tune by": tuned(ROW, "--set", "target=(["),
    "a tuning seed of 5000 digits typed": tuned(ROW, "--set", f"seed={HUGE}"),
    "a tuning seed beyond int64 typed": tuned(ROW, "--set", "seed=99999999999999999999"),
    "a tuning key of a section": tuned(ROW, "--set", "a.b.c=1"),
    "a tuning preset of 5000": tuned(ROW, "--preset", LONG),
    "a row of a number": tuned(1),
    "a row nested": tuned(nested(9000)),
    "a row of NUL": tuned("\0"),
    "a row that is no text": tuned(b"\xff\xff"),
    "a row of half a letter": tuned('{"prompt": [{"role": "user", "content": "\\ud800"}], '
                                    '"completion": "1"}'),
    "a row's key of 5000": tuned({LONG: 1}),
    "a row's key with an escape": tuned({ESCAPE: 1}),
    "a row's source with an escape": tuned(ROW | {"source": ESCAPE, "weight": -1}),
    "no rows": tuned(""),
    "questions that are empty": filtered(""),
    "questions of nothing but lines": filtered("\n\n\n"),
    "questions of numbers": filtered("1\n2\n"),
    "questions nested": filtered(nested(9000)),
    "questions with an escape": filtered({"topic": ESCAPE}),
    "questions of NUL": filtered(b"\0\0\0"),
    "questions packed and junk": Bad(
        ["culturespa", "filter", "q.jsonl.gz", *PUBLISHED], {"q.jsonl.gz": b"junk"}
    ),
    "questions packed and cut": Bad(
        ["culturespa", "filter", "q.jsonl.gz", *PUBLISHED], {"q.jsonl.gz": b"\x1f\x8b\x08\x00\x00"}
    ),
    "questions of a study that are empty": Bad(
        ["run", "s.toml", "--quiet"],
        {"s.toml": WRITTEN,
         "q.csv": ""},
    ),
    "questions of a study that are a folder": Bad(
        ["run", "s.toml", "--quiet"],
        {"s.toml": WRITTEN,
         "q.csv": None},
    ),
    "an archive of junk": imported(b"junk", "t.zip"),
    "an empty archive": imported(b"", "t.zip"),
    "an archive of nothing": imported(archive(), "t.zip"),
    "an archive of two": imported(archive(a_csv=b"a", b_csv=b"b"), "t.zip"),
    "an archive that is cut": imported(archive(t_csv=MARGINALS.encode() * 50)[:80], "t.zip"),
    "an archive that is damaged": imported(
        archive(t_csv=MARGINALS.encode()).replace(b"CHN,Q1,1", b"XXX,XX,X"), "t.zip"
    ),
    "an archive that is encrypted": imported(encrypted(), "t.zip"),
    "an archive of an archive": imported(archive(t_zip=archive(t_csv=b"a")), "t.zip"),
    "a workbook of junk": imported(b"junk", "t.xlsx"),
    "a workbook that is an archive": imported(archive(t_csv=b"a"), "t.xlsx"),
    "an SPSS file of junk": imported(b"junk" * 100, "t.sav"),
    "a Stata file of junk": imported(b"junk" * 100, "t.dta"),
    "a Parquet file of junk": imported(b"PAR1junkPAR1", "t.parquet"),
    "a Parquet file that is empty": imported(b"", "t.parquet"),
    "JSON lines nested": imported(nested(9000), "t.jsonl"),
    "JSON lines of 5000 digits": imported(f'{{"culture": {HUGE}}}', "t.jsonl"),
    "JSON lines of numbers": imported("1\n2\n", "t.jsonl"),
    "JSON lines that are no text": imported(b"\xff\xff", "t.jsonl"),
    "a table that is empty": imported(""),
    "a table of NUL": imported(b"\0" * 1000),
    "a table of one head": imported("culture,item,code,count\n"),
    "a table of a long head": imported(f"{'h' * 100_000},b\n1,2\n"),
    "a head with an escape": imported(f"{ESCAPE},b\n1,2\n"),
    "a culture with an escape in a table": imported(MARGINALS.replace("CHN", ESCAPE)),
    "a culture of 100,000 in a table": imported(MARGINALS.replace("CHN", "C" * 100_000)),
    "an item with an escape in a table": imported(MARGINALS.replace("Q1", ESCAPE)),
    "an item of 100,000 in a table": imported(MARGINALS.replace("Q1", "Q" * 100_000)),
    "an encoding that is none": imported(MARGINALS, "t.csv", "--encoding", "utf-7000"),
    "an encoding with NUL": imported(MARGINALS, "t.csv", "--encoding", "utf\0"),
    "an encoding that is no encoding of text": imported(MARGINALS, "t.csv", "--encoding", "rot13"),
    "a delimiter of two": imported(MARGINALS, "t.csv", "--delimiter", "::"),
    "a delimiter of a newline": imported(MARGINALS, "t.csv", "--delimiter", "\n"),
    "a delimiter of half a letter": imported(MARGINALS, "t.csv", "--delimiter", "\udcff"),
    "a delimiter of a quotation mark": imported(MARGINALS, "t.csv", "--delimiter", '"'),
    "a language with an escape": imported(MARGINALS, "t.csv", "--language", ESCAPE),
    "a format of 5000": imported(MARGINALS, "t.csv", "--format", LONG),
    "a layout nested": laid_out(f"a = {nested()}"),
    "a layout of a list": laid_out("items = [1]"),
    "an item of a number": laid_out("[items]\nA1 = 1"),
    "a layout's column of a table": laid_out(layout(columns="respondent = {a = 1}")),
    "a layout's key with an escape": laid_out(layout() + '"\\u001b[31m" = 1'),
    "a layout's item of an escape": laid_out(layout(more='[items."\\u001b[31m"]\nstem = "x"')),
    "a layout's condition of an escape": laid_out(layout(more='[where]\n"\\u001b[3m" = ["1"]')),
    "a layout's condition nested": laid_out(layout(more='[where]\nA1 = [[["1"]]]')),
    "a layout's culture of a newline": laid_out(
        layout(more='[[culture]]\ncode = "ABC\\n"\nname = "x"'),
        "country,A1\nABC,1\n",
    ),
    "answers that are empty": scored(""),
    "answers of NUL": scored(b"\0" * 100),
    "answers with an escape": scored(f"culture,item,answer\nCHN,{ESCAPE},1\n"),
    "answers of a culture of 100,000": scored(f"culture,item,answer\n{'C' * 100_000},Q1,1\n"),
    "answers of an item of 100,000": scored(f"culture,item,answer\nCHN,{'Q' * 100_000},1\n"),
    "answers of half a letter": scored(
        '{"culture": "CHN", "item": "\\ud800", "answer": 1}', "a.jsonl"
    ),
    "answers nested": scored(
        f'{{"culture": "CHN", "item": "Q1", "probabilities": {nested(900)}}}', "a.jsonl"
    ),
    "answers of a language with an escape": scored(
        f"culture,item,answer,language\nCHN,Q1,1,{ESCAPE}\n"
    ),
}  # fmt: skip

RECORDS = {
    "metrics that are empty": reported(""),
    "metrics of a number": reported("1"),
    "metrics of a list": reported("[]"),
    "metrics nested": reported(nested(9000)),
    "metrics of 5000 digits": reported(f'{{"schema": {HUGE}}}'),
    "metrics that are no text": reported(b"\xff\xff"),
    "metrics of another schema": reported('{"schema": 99}'),
    "metrics of an escape for a schema": reported('{"schema": "\\u001b[31m"}'),
    "a number for a row": reported('{"schema": 1, "rows": [1]}'),
    "a text for rows": reported('{"schema": 1, "rows": "abc"}'),
    "a number for meta": reported('{"schema": 1, "meta": 1}'),
    "a number for a verdict": reported('{"schema": 1, "meta": {"verdict": 1}}'),
    "numbers for dialogues": reported('{"schema": 1, "meta": {"dialogues": [1, 2]}}'),
    "a text for costs": reported('{"schema": 1, "meta": {"costs": "abc"}}'),
    "a number for differences": reported('{"schema": 1, "differences": 1}'),
    "a text of 100,000 for a value": reported(
        json.dumps({"schema": 1, "rows": [{"metric": "x" * 100_000}]})
    ),
    "a number for a training": reported('{"schema": 1, "meta": {"tuning": [1]}}'),
    "a comparison of a number for a row": Bad(
        ["compare", "r", "a", "b"], {"r/metrics.json": '{"schema": 1, "rows": [1]}'}
    ),
    "a comparison of an empty run": Bad(["compare", "r", "a", "b"], {"r": None}),
    "a comparison of a damaged run": Bad(
        ["compare", "r", "a", "b"],
        {"r/metrics.json": '{"schema": 1}', "r/run.db": b"junk" * 1000, "r/study.toml": study()},
    ),
    "a comparison of a study that is none": Bad(
        ["compare", "r", "a", "b"],
        {"r/metrics.json": '{"schema": 1}', "r/study.toml": f"a = {nested()}"},
    ),
    "a run that is damaged": Bad(
        ["run", "s.toml", "--quiet", "--out", "r"],
        {"s.toml": study(), "r/run.db": b"SQLite format 3\0" + b"junk" * 1000},
    ),
    "a record of a list": Bad(
        ["survey", "check", "mine"], {"data/surveys/mine/survey.json": "[]"}
    ),
    "a record nested": Bad(
        ["survey", "check", "mine"], {"data/surveys/mine/survey.json": nested(9000)}
    ),
    "a record of no text": Bad(
        ["survey", "show", "mine"], {"data/surveys/mine/survey.json": b"\xff\xff"}
    ),
    "a record that is a folder": Bad(
        ["survey", "show", "mine"], {"data/surveys/mine/survey.json": None}
    ),
    "a record without a title": Bad(["survey", "check", "mine"], shelved(title=None).files),
    "a record of numbers for items": shelved(items=[1, 2]),
    "a record of a number for items": shelved(items=1),
    "a record of a number for a source": shelved(source=1),
    "a record without data": shelved(data=None),
    "a record of data elsewhere": shelved(data="../../../t.csv"),
    "a record of numbers for findings": shelved(findings=[1]),
    "a record of a number for cultures": shelved(cultures=1),
    "a record of another kind": shelved(kind=LONG),
    "a record of a text for bytes": shelved(data_bytes="x"),
    "a record of an escape for a file": shelved(data=ESCAPE),
    "a record shown of numbers for items": Bad(
        ["survey", "show", "mine"], shelved(items=[1]).files
    ),
    "a sheet that is empty": judged(""),
    "a sheet of numbers": judged("1,2,3\n4,5,6\n"),
    "a sheet of another dialogue": judged(f"dialogue,quality,fit,review\n{ESCAPE},good,,\n"),
    "a sheet of no verdict": judged("dialogue,quality,fit,review\nd1,perhaps,,\n"),
    "a sheet of a verdict of 100,000": judged(
        f"dialogue,quality,fit,review\nd1,{'p' * 100_000},,\n"
    ),
    "a sheet twice": judged("dialogue,quality,fit,review\nd1,good,,\nd1,good,,\n"),
    "a sheet of NUL": judged(b"\0" * 50),
    "a sheet of junk": judged(b"junk", "ana.xlsx"),
    "a sheet with a long name": Bad(
        ["clca", "verdicts", "compare", "r", LONG], {"r/ad.dialogues.jsonl": json.dumps(DIALOGUE)}
    ),
    "dialogues of a number": judged("dialogue,quality\nd1,good\n", moves=1),
    "dialogues of numbers": judged("dialogue,quality\nd1,good\n", moves=[1]),
    "dialogues nested": Bad(
        ["clca", "verdicts", "sample", "r", "--out", "s.csv"], {"r/ad.dialogues.jsonl": nested(900)}
    ),
    "dialogues that are no text": Bad(
        ["clca", "verdicts", "sample", "r", "--out", "s.csv"], {"r/ad.dialogues.jsonl": b"\xff\xff"}
    ),
    "dialogues that are empty": Bad(
        ["clca", "verdicts", "sample", "r", "--out", "s.csv"], {"r/ad.dialogues.jsonl": ""}
    ),
    "dialogues of a culture that is none": Bad(
        ["clca", "verdicts", "sample", "r", "--out", "s.html"],
        {"r/ad.dialogues.jsonl": json.dumps(DIALOGUE | {"culture": ESCAPE}),
         "r/study.toml": study()},
    ),
    "a scenario file nested": Bad(CHECK, {"s.toml": f"a = {nested()}"}),
    "a scenario file of a list": Bad(CHECK, {"s.toml": "a = [1]"}),
    "a scenario file that is empty": Bad(CHECK, {"s.toml": ""}),
    "a scenario file that is no text": Bad(
        CHECK, {"s.toml": b"\xff\xff"}
    ),
    "a scenario of a number": Bad(
        CHECK, {"s.toml": "[[situation]]\nid = 1"}
    ),
    "an adapter of nothing": Bad([*MEASURE, "--adapter", "ad"], {"ad": None}),
    "an adapter of a number": Bad(
        [*MEASURE, "--adapter", "ad"],
        {"ad/adapter_config.json": "1", "ad/adapter_model.safetensors": b"junk"},
    ),
    "a tuned adapter nested": Bad(
        [*MEASURE, "--adapter", "ad"],
        {"ad/adapter_config.json": nested(9000), "ad/adapter_model.safetensors": b"junk"},
    ),
}  # fmt: skip

PROMPTS = {
    name: prompted(template)
    for name, template in {
        "a prompt that loops": "{% for n in range(1000000000) %}{% endfor %}",
        "a prompt that loops in loops": "{% for a in range(99999) %}{% for b in range(99999) %}"
        "{% endfor %}{% endfor %}",
        "a prompt that is huge": "{{ 'x' * 10000000000 }}",
        "a prompt that doubles": "{% set ns = namespace(a='x') %}{% for n in range(60) %}"
        "{% set ns.a = ns.a ~ ns.a %}{% endfor %}{{ ns.a }}",
        "a prompt that is filled to a width": "{{ '%1000000000s' % 'x' }}",
        "a prompt that is formatted": "{{ '{:1000000000}'.format('x') }}",
        "a prompt that is centred": "{{ 'x' | center(10000000000) }}",
        "a prompt that makes words": "{{ lipsum(n=100000000) }}",
        "a prompt of powers": "{{ 9 ** 9 ** 9 ** 9 }}",
        "a prompt of shifts": "{{ 'ab'.replace('', 'x' * 100000).replace('', 'x' * 100000) }}",
        "a prompt that calls itself": "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "a prompt that is nested": "{% if 1 %}" * 2000 + "{% endif %}" * 2000,
        "a prompt of brackets": "{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}",
        "a prompt that includes": "{% include '/etc/passwd' %}",
        "a prompt that imports": "{% import 'x' as x %}",
        "a prompt that extends": "{% extends 'x' %}",
        "a prompt that divides by zero": "{{ 1 // 0 }}",
        "a prompt of a wrong type": "{{ 1 + 'a' }}",
        "a prompt that looks inside": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "a prompt that runs": "{{ cycler.__init__.__globals__.os.popen('touch owned').read() }}",
        "a prompt of a filter that is none": "{{ 1 | nothing }}",
        "a prompt of a name that is none": "{{ nobody.knows }}",
        "a prompt that is cut": "{% for a in",
        "a prompt that is no text": "\x00\x1b[31m{{ nobody }}",
        "a prompt of 5000 digits": "{{ " + HUGE + " }}",
        "a prompt that makes a list": "{{ (range(99999) | list) * 1000000 }}",
        "a prompt that sorts": "{{ [1, 'a'] | sort }}",
        "a prompt that changes": "{{ [].append(1) }}",
        "a prompt of a wrong call": "{{ 'a'.replace() }}",
        "a prompt of a key that is none": "{{ {}['a']['b'] }}",
    }.items()
} | {
    "a prompt that is bytes": prompted("x")._replace(
        files=dict(prompted("x").files) | {"mine/own/en.1.jinja": b"\xff\xff"}
    ),
    "a prompt that is a folder": prompted("x")._replace(
        files={
            "s.toml": prompted("x").files["s.toml"],
            "mine/own/en.1.jinja": None,
        }
    ),
}  # fmt: skip

NOBODY = "http://127.0.0.1:9/v1"
SERVER = study().replace('"mock:uniform"', '"server:m"')
PLACES = {
    "a proxy that is none": Bad(
        ["run", "s.toml", "--quiet"],
        {"s.toml": SERVER},
        {"OPENAI_BASE_URL": NOBODY, "HTTP_PROXY": "nonsense://x", "NO_PROXY": ""},
    ),
    "a proxy with a broken port": Bad(
        ["run", "s.toml", "--quiet"],
        {"s.toml": SERVER},
        {"OPENAI_BASE_URL": NOBODY, "ALL_PROXY": "http://x:99999999", "NO_PROXY": ""},
    ),
    "a certificate that is none": Bad(
        ["run", "s.toml", "--quiet"],
        {"s.toml": SERVER},
        {"OPENAI_BASE_URL": "https://127.0.0.1:9/v1", "SSL_CERT_FILE": "nowhere.pem"},
    ),
    "a certificate of junk": Bad(
        ["run", "s.toml", "--quiet"],
        {"s.toml": SERVER, "junk.pem": "junk"},
        {"OPENAI_BASE_URL": "https://127.0.0.1:9/v1", "SSL_CERT_FILE": "junk.pem"},
    ),
    "an address with a broken port": Bad(
        ["run", "s.toml", "--quiet"],
        {"s.toml": SERVER},
        {"OPENAI_BASE_URL": "http://127.0.0.1:999999/v1"},
    ),
    "an address that is none": Bad(
        ["run", "s.toml", "--quiet"], {"s.toml": SERVER}, {"OPENAI_BASE_URL": "http://[::1/v1"}
    ),
    "an address with an escape": Bad(
        ["run", "s.toml", "--quiet"], {"s.toml": SERVER}, {"OPENAI_BASE_URL": f"http://{ESCAPE}/"}
    ),
    "a key with a newline": Bad(
        ["run", "s.toml", "--quiet"],
        {"s.toml": SERVER},
        {"OPENAI_BASE_URL": "http://127.0.0.1:9/v1", "OPENAI_API_KEY": "sk-a\nb"},
    ),
    "a server's url with a broken port": ran(
        SERVER.replace('"server:m"', '"server:m"\n[models.base.server]\nurl = "http://x:abc/"')
    ),
    "a server's url with brackets": ran(
        SERVER.replace('"server:m"', '"server:m"\n[models.base.server]\nurl = "http://[/"')
    ),
    "a precision that is none": Bad([*MEASURE, "--dtype", ESCAPE]),
    "a cluster that is none": Bad([*MEASURE, "--executor", "spark"]),
}  # fmt: skip

CASES: Mapping[str, Bad] = NAMES | NUMBERS | SHAPES | RECORDS | PROMPTS | PLACES
