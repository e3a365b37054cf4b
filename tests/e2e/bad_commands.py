"""Inputs that are wrong, as in bad_inputs.py: commands that write, layouts, brought questions."""

import json
from collections.abc import Mapping

from tests.e2e.bad_inputs import (
    ANSWERS,
    BRACES,
    CULTURESPA,
    ESCAPE,
    HUGE,
    LONG,
    MEASURE,
    ROW,
    Bad,
    adapted,
    laid_out,
    layout,
    nested,
    ran,
    scored,
    shelved,
    study,
    tuned,
)

REWORD = ["survey", "reword", "--model", "mock:uniform", "--items", "Q1", "--out", "w.toml"]
INIT = ["init", "--yes"]
PUSH = ["push", "ad", "--to", "me/mine"]
GROUPED = ["survey", "import", "t.csv", "--name", "mine", "--layout", "l.toml"]
PEOPLE = "country,A1,sex,age\n" + "CHN,1,f,20\nCHN,2,m,40\n" * 60
LARGE = ["--survey", "fictitious-wvs7-large"]


def adapter(config: str | bytes, *words: str) -> Bad:
    """Return an adapter that is sent to the Hub."""
    files = {"ad/adapter_config.json": config, "ad/adapter_model.safetensors": b"x"}
    return Bad([*PUSH, *words], files)


def merged(passport: str | bytes, *words: str) -> Bad:
    """Return an adapter that is merged into the base that it names."""
    return Bad(
        ["merge", "ad", "--out", "m", *words],
        {"ad/adapter_config.json": "{}", "ad/adapter_model.safetensors": b"x",
         "ad/acculturate.json": passport},
    )  # fmt: skip


def group(slug: str = "CHN-x", where: str = 'sex = ["f"]', name: str = "x", more: str = "") -> Bad:
    """Return a survey with a group of its people."""
    section = (
        f'[demographics]\nsex = "sex"\nage = "age"\n[groups."{slug}"]\nterritory = "CHN"\n'
        f'name = "{name}"\ndemonym = "x"\nadjective = "x"\n{more}\nwhere = {{{where}}}'
    )
    return Bad(GROUPED, {"t.csv": PEOPLE, "l.toml": layout(more=section)})


def own(culture: str) -> Bad:
    """Return a survey with a culture of its own."""
    return laid_out(layout(more=culture), "country,A1\nABC,1\nABC,2\n")


def asked(table: str | bytes | None, name: str = "q.csv", more: str = "") -> Bad:
    """Return a study whose questions are brought."""
    lines = f'questions.from = "{name}"\n{more}'
    text = study(cultures='adapt = ["CHN"]', end=CULTURESPA.format(lines))
    return Bad(["run", "s.toml", "--quiet"], {"s.toml": text, name: table})


COMMANDS = {
    "other words into a missing folder": Bad([*REWORD[:-1], "no/such/w.toml"]),
    "other words into a folder": Bad([*REWORD[:-1], "f"], {"f": None}),
    "other words under a long name": Bad([*REWORD[:-1], LONG]),
    "other words without a try": Bad([*REWORD, "--tries", "0"]),
    "other words with 1e18 tries": Bad([*REWORD, "--tries", "1000000000000000000"]),
    "other words in no language": Bad([*REWORD, "--languages", ",,"]),
    "other words in a language with an escape": Bad([*REWORD, "--languages", ESCAPE]),
    "a new study in a missing folder": Bad([*INIT, "no/such/s.toml"]),
    "a new study under a long name": Bad([*INIT, LONG]),
    "a new study below a file": Bad([*INIT, "f/s.toml"], {"f": "x"}),
    "a new study of a name with an escape": Bad([*INIT, "--name", ESCAPE]),
    "a new study of a model with an escape": Bad([*INIT, "--model", ESCAPE]),
    "a new study of items that are none": Bad([*INIT, "--items", ",,"]),
    "a new study of no cultures": Bad([*INIT, "--cultures", ",,"]),
    "a new study by a method of 5000": Bad([*INIT, "--adapt", LONG]),
    "a shipped study with an escape": Bad(["studies", "show", ESCAPE]),
    "a shipped study elsewhere": Bad(["studies", "copy", "../demo"]),
    "a shipped study into a missing folder": Bad(["studies", "copy", "demo", "no/such/x.toml"]),
    "a shipped study over another": Bad(["studies", "copy", "demo", "f"], {"f/demo.toml": "mine"}),
    "a shipped study under a name of 300": Bad(["studies", "copy", "demo", "y" * 300]),
    "an adapter sent to a path": Bad(["push", "ad", "--to", "../x/y"], {"ad": None}),
    "an adapter sent to a name with a newline": Bad(["push", "ad", "--to", "a/b\n"], {"ad": None}),
    "an adapter sent of nothing": Bad(PUSH, {"ad": None}),
    "an adapter sent with a config nested": adapter(nested(9000), "--yes"),
    "an adapter sent with a config of a list": adapter("[1]", "--yes"),
    "an adapter sent with a config of no text": adapter(b"\xff\xff", "--yes"),
    "an adapter sent with a config of 5000 digits": adapter(
        f'{{"base_model_name_or_path": {HUGE}}}', "--yes"
    ),
    "an adapter sent, and nobody answers": adapter('{"base_model_name_or_path": "x"}'),
    "an adapter sent of a base of nobody": adapter(
        '{"base_model_name_or_path": "~nobody-here/x"}'
    ),
    "an adapter sent of a base of 5000": adapter(json.dumps({"base_model_name_or_path": LONG})),
    "an adapter sent of a base with NUL": adapter('{"base_model_name_or_path": "a\\u0000b"}'),
    "an adapter merged under a long name": Bad(["merge", "ad", "--out", LONG], {"ad": None}),
    "an adapter merged into what is there": Bad(["merge", "ad", "--out", "m"], {"m/x": ""}),
    "an adapter merged with a record nested": merged(nested(BRACES)),
    "an adapter merged with a record of a list": merged("[1]"),
    "an adapter merged with a base with NUL": merged(
        '{"base_model": "a\\u0000b", "base_weights": "0"}'
    ),
    "an adapter merged with a base of nobody": merged(
        '{"base_model": "~nobody-here/x", "base_weights": "0"}'
    ),
    "an export under a long name": Bad(["export", "r", "--out", LONG], {"r": None}),
    "an export of a database that is empty": Bad(
        ["export", "r"], {"r/study.toml": study(), "r/run.db": b"", "r/metrics.json": "{}"}
    ),
    "an export of 1e18 copies": Bad(
        ["export", "r", "--copies", "1000000000000000000"], {"r": None}
    ),
    "an export in a format with an escape": Bad(["export", "r", "--format", ESCAPE], {"r": None}),
    "a view of a database that is empty": Bad(["view", "r"], {"r/study.toml": "", "r/run.db": ""}),
    "a view of a database that is a folder": Bad(
        ["view", "r"], {"r/study.toml": "", "r/run.db": None}
    ),
    "a view on a port of 5000 digits": Bad(["view", "r", "--port", HUGE], {"r": None}),
    "a measure of a name with an escape": scored(ANSWERS, "a.csv", "--measures", ESCAPE),
    "a measure of 5000": scored(ANSWERS, "a.csv", "--measures", LONG),
    "a run folder without a name": Bad(["run", "demo", "--quiet", "--out", ""]),
    "an export without a name": Bad(["export", "r", "--out="], {"r": None}),
    "a tuning preset among settings": tuned(ROW, "--set", "preset=x"),
    "true for a rank": tuned(ROW, "--set", "rank=true"),
    "true for samples": ran(study(answers="samples = true")),
    "an arm against itself": ran(study(arm='against = "aware"')),
    "groups of a survey of counts": scored(ANSWERS, "a.csv", "--groups", "sex"),
    "groups by four columns": scored(ANSWERS, "a.csv", "--groups", "a,b,c,d", *LARGE),
    "groups by a column twice": scored(ANSWERS, "a.csv", "--groups", "sex,sex", *LARGE),
    "groups by 3000 columns": scored(ANSWERS, "a.csv", "--groups", ",".join(["x"] * 3000), *LARGE),
    "groups by a column with an escape": scored(ANSWERS, "a.csv", "--groups", ESCAPE, *LARGE),
    "groups that are measured by an escape": Bad([*MEASURE, *LARGE, "--groups", ESCAPE]),
    "answers to a survey that is damaged": Bad(
        ["score", "a.csv", "--survey", "mine"], {"a.csv": ANSWERS, **shelved().files}
    ),
    "profiles of nothing": Bad(["run", "demo", "--profile", "smoke+", "--quiet", "--out", "r"]),
    "5000 profiles": Bad(
        ["run", "demo", "--profile", "+".join(["smoke"] * 5000 + ["x"]), "--quiet", "--out", "r"]
    ),
}  # fmt: skip

LAYOUTS = {
    "a group that asks for what is not there": group(where='nope = ["1"]'),
    "a group of another territory": group(slug="DEU-x"),
    "a group with a path": group(slug="CHN-../x"),
    "a group with an escape": group(slug="CHN-\\u001b[31m"),
    "a group of 5000": group(slug=f"CHN-{LONG}"),
    "a group of nobody's age": group(where="age = {min = 50, max = 10}"),
    "a group of no number": group(where="age = {min = nan}"),
    "a group of a bound that is none": group(where="age = {least = 50}"),
    "a group of a language with an escape": group(more='languages = ["\\u001b[31m"]'),
    "a group's name with a newline": group(name="a\\nb"),
    "a demographic with an escape": laid_out(layout(more='[demographics]\n"\\u001b[31m" = "w"')),
    "a demographic of 5000": laid_out(layout(more=f'[demographics]\n{LONG} = "w"')),
    "an item without an id": laid_out(
        layout(more='[items.""]\nstem = "x"\ncodes = [1, 2]\noptions = ["a", "b"]'),
        "country,A1,\nCHN,1,1\nCHN,2,2\n",
    ),
    "an item like one with one code": laid_out(
        layout(more='[items.Q1]\nlike = "Q1"\ncodes = [1]'), "country,A1,Q1\nCHN,1,1\nCHN,2,1\n"
    ),
    "an item like one with a code twice": laid_out(
        layout(more='[items.Q1]\nlike = "Q1"\ncodes = [1, 1, 2]'), "country,A1,Q1\nCHN,1,1\n"
    ),
    "an item with an option twice": laid_out(layout().replace('"it depends"', '"No "')),
    "an item with an empty option": laid_out(layout().replace('"it depends"', '""')),
    "an item with a blank question": laid_out(layout().replace('"Is it so?"', '"   "')),
    "an item in a language with an escape": laid_out(
        layout(more='[[items.A1.languages."\\u001b"]]\nstem = "x"\noptions = ["a", "b", "c"]')
    ),
    "a layout in no language": laid_out('language = ""\n' + layout()),
    "a layout in a language with an escape": laid_out('language = "\\u001b[31m"\n' + layout()),
    "a culture twice": own('[[culture]]\ncode = "ABC"\nname = "x"\n' * 2),
    "a culture that is known": own('[[culture]]\ncode = "CHN"\nname = "Mars"'),
    "a culture without a language": own('[[culture]]\ncode = "ABC"\nname = "x"\nlanguages = []'),
    "a culture without a name": own('[[culture]]\ncode = "ABC"\nname = ""'),
}  # fmt: skip

QUESTIONS = {
    "questions of an unknown user": adapted('questions.from = "~nobody-here/q.csv"'),
    "questions of a name with NUL": adapted('questions.from = "a\\u0000b"'),
    "questions of a device": adapted('questions.from = "/dev/null"'),
    "questions of wording 0": adapted('questions.from = "wordings:0"'),
    "questions of a wording of 5000 digits": adapted(f'questions.from = "wordings:{HUGE}"'),
    "questions with one option": asked("question,options\nDo you vote?,Yes\n"),
    "questions with nested options": asked(f'question,options\nVote?,"{nested(9000)}"\n'),
    "questions with options of tables": asked('question,options\nVote?,"[{""a"": 1}, null]"\n'),
    "questions with a scale with an escape": asked(
        f"question,options,scale\nDo you vote?,Yes|No,{ESCAPE}\n"
    ),
    "questions with an id twice": asked(
        f"question,options,id\nVote?,Yes|No,{ESCAPE}\nEat?,Yes|No,{ESCAPE}\n"
    ),
    "questions on another topic": asked(
        "question,options,topic\nVote?,Yes|No,t\n", more='questions.topics = ["\\u001b[31m"]'
    ),
    "questions of half a letter": asked(
        '{"question": "Do you \\ud800?", "options": ["a", "b"]}', "q.jsonl"
    ),
    "questions of junk": asked(b"\xff\xff\0\0"),
}  # fmt: skip

MORE: Mapping[str, Bad] = COMMANDS | LAYOUTS | QUESTIONS
