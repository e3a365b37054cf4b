"""Sheets: a run's dialogues handed to people to judge, and their verdicts kept in the run.

    sheet, n = dump_sample(run, 50, 1, survey.culture, page=True)     as a page, or as a CSV
    keep_sheets(store, [Path("ana.csv")])                  kept as run/verdicts/ana.csv, compared

What is kept in the run stays there when the run goes on. Dialogues are read from
`<adaptation>.dialogues.jsonl`, so that people can judge them before anything is tuned
(`acculturate build`).
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from acculturate.clca.judges.dialogue_subject import DIALOGUE, JUDGE, SECOND
from acculturate.clca.judges.people import (
    Case,
    cases_of,
    draw_sample,
    dump_sheet,
    judge,
    plain_csv,
    read_sheet,
)
from acculturate.clca.judges.people_page import dump_page
from acculturate.clca.judges.raters import Rater, agreements, good_shares, is_few
from acculturate.culture import Culture
from acculturate.errors import ConfigError, StoreError, nearest
from acculturate.methods.kept_texts import DIALOGUES, files_with, kept_records
from acculturate.records.results.plain import widened
from acculturate.records.results.talks import DialogueRecord, RaterRow
from acculturate.store import Store

FOLDER = DIALOGUE.sheets


def kept_cases(run: Path) -> dict[str, list[Case]]:
    """Return the dialogues in a run folder by adaptation; raises `StoreError` where there
    are none.
    """
    by_adaptation = {
        name: cases_of(name, kept_records(DialogueRecord, file))
        for name, file in files_with(run, DIALOGUES).items()
    }
    if not by_adaptation:
        raise StoreError(
            f"{run} holds no dialogues: give the folder of a run with an adaptation by clca, after "
            "`acculturate run` or `acculturate build`."
        )
    return by_adaptation


def dump_sample(
    run: Path,
    count: int,
    seed: int,
    find_culture: Callable[[str], Culture],
    *,
    page: bool = False,
    adaptation: str = "",
) -> tuple[str, int]:
    """Return a sample of a run's dialogues as the text of a CSV or a page, and how many it holds.

    `adaptation` may be left out where the run has one, or where all have the same dialogues. Raises
    `ConfigError` for one that it does not have, and `StoreError` for a folder without dialogues
    that were judged.
    """
    by_adaptation = kept_cases(run)
    if not adaptation and len({_played(own) for own in by_adaptation.values()}) > 1:
        raise ConfigError(
            f"{run} has dialogues of the adaptations {', '.join(by_adaptation)}: name one with "
            "--adapt."
        )
    name = adaptation or next(iter(by_adaptation))
    if name not in by_adaptation:
        raise ConfigError(
            f"{run} has no dialogues of an adaptation '{name}'.{nearest(name, by_adaptation)} It "
            f"has those of {', '.join(by_adaptation)}."
        )
    sample = draw_sample(by_adaptation[name], count, seed)
    if not sample:
        raise StoreError(
            f"None of the {len(by_adaptation[name])} dialogues of '{name}' was judged, since the "
            "rules dropped all of them: there are no verdicts to compare people with."
        )
    if not page:
        return dump_sheet(sample), len(sample)
    codes = dict.fromkeys(case.row.culture for case in sample)
    return dump_page(sample, [find_culture(code) for code in codes]), len(sample)


def _played(cases: Sequence[Case]) -> tuple[Any, ...]:
    """Return what was said in all dialogues, and what the judge made of them."""
    return tuple(
        (case.id, tuple(move.text for move in case.row.moves), *case.verdicts().items())
        for case in cases
    )


def keep_sheets(store: Store, files: Sequence[Path] = (), encoding: str = "") -> list[RaterRow]:
    """Keep people's sheets in a run, and return the agreement of all whose sheets it keeps.

    A sheet is kept as CSV and takes the place of one of the same name; `encoding` is that of the
    files, told from them unless given. Raises `ConfigError` for the first sheet that is not right,
    before any is kept, and `StoreError` for a folder without dialogues.
    """
    cases = kept_cases(store.folder)
    names = check_sheets(store.folder, files, encoding)
    (store.folder / FOLDER).mkdir(exist_ok=True)
    for name, file in zip(names, files, strict=True):
        store.write(f"{FOLDER}/{name}.csv", plain_csv(file, encoding))
    rows, remarks = agreement_rows(store.folder, cases)
    if remarks:
        raise ConfigError(remarks[0])
    return rows


def check_sheets(run: Path, files: Sequence[Path] = (), encoding: str = "") -> list[str]:
    """Return what the people are called whose sheets these are; raises as `keep_sheets` does, and
    writes nothing.
    """
    everything = [case for own in kept_cases(run).values() for case in own]
    names = [read_sheet(file, everything, encoding).name for file in files]
    for name, file in zip(names, files, strict=True):
        if names.count(name) > 1 or name in (JUDGE, SECOND):
            raise ConfigError(
                f"{file}: a sheet called '{name}' is there already: people are called as their "
                "files are, so rename it."
            )
    return names


def agreement_rows(
    run: Path, cases: Mapping[str, Sequence[Case]]
) -> tuple[list[RaterRow], list[str]]:
    """Return how far the judges of each adaptation and the people kept in the run agree, as rows;
    and a remark for each sheet that is of other dialogues than these.
    """
    everything = [case for own in cases.values() for case in own]
    people, remarks = list[Rater](), []
    for file in sorted((run / FOLDER).glob("*.csv")):
        try:
            people.append(read_sheet(file, everything))
        except ConfigError as error:
            remarks.append(f"The verdicts in {FOLDER}/{file.name} were left out: {error}")
    rows = [row for name, own in cases.items() for row in _rows(name, own, people)]
    return rows, remarks


def _rows(adaptation: str, cases: Sequence[Case], people: Sequence[Rater]) -> list[RaterRow]:
    keys = {case.key for case in cases}
    judges = [judge(cases, JUDGE), judge(cases, SECOND, second=True)]
    own = [
        Rater(person.name, {key: good for key, good in person.said.items() if key[0] in keys})
        for person in people
    ]
    rows = []
    for agreement in agreements([*judges, *own]):
        left, right = good_shares(agreement)
        tags = {
            "adapt": adaptation,
            "left_good": left,
            "right_good": right,
            "few": is_few(agreement),
        }
        rows.append(widened(RaterRow, agreement, **tags))
    return rows
