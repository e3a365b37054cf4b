"""Fictitious respondents: people who never lived, drawn with a seed from the built-in counts.

They serve tests, benchmarks and demonstrations where real respondents may not be. Answers to each
item follow its counts in each culture; those of one person hang together through the battery and
through age and education, about as loosely as real ones do, and nothing can be learned from how.
Demographics are invented. Axes: N people of one culture.

    >>> survey = fictitious_survey(1000, seed=1)
    >>> survey.name, len(survey.respondents)
    ('fictitious-wvs7', 1000)
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from acculturate.records import Item
from acculturate.survey.builtin import load_builtin
from acculturate.survey.model import INVENTED, Survey
from acculturate.survey.respondents import MISSING, NO_ANSWER, Respondents, Trait

NAME = "fictitious-wvs7"
LARGE = 20_000
"""People of the larger shipped survey: about a thousand of a culture, enough to part them."""
TITLE = "Fictitious respondents, drawn from the counts of World Values Survey wave 7"
NOTICE = (
    "These respondents are invented. Their answers are drawn from the built-in counts; nothing "
    "about any person or about how answers hang together can be learned from them. "
)
# How much of an answer is due to what a person's answers in one battery share, and to age and
# education; the rest is the item's own
BATTERY, BACKGROUND = 0.5, 0.2
# Invented shares of invented people, in the order of the texts of layouts/wvs7.toml
SHARES: Mapping[str, Sequence[float]] = {
    "sex": (0.48, 0.52),
    "settlement": (0.2, 0.15, 0.15, 0.25, 0.25),
    "urban_rural": (0.66, 0.34),
    "born_in_country": (0.94, 0.06),
    "marital_status": (0.55, 0.08, 0.05, 0.02, 0.06, 0.24),
    "education": (0.05, 0.12, 0.18, 0.28, 0.08, 0.08, 0.14, 0.06, 0.01),
    "employment": (0.36, 0.1, 0.14, 0.13, 0.12, 0.06, 0.07, 0.02),
    "occupation": (0.1, 0.15, 0.06, 0.1, 0.09, 0.13, 0.12, 0.08, 0.1, 0.04, 0.02, 0.01),
    "social_class": (0.02, 0.2, 0.38, 0.3, 0.1),
}
AGE_STEPS = (25, 35, 45, 55, 65)
UNKNOWN = 0.02  # of each demographic


def fictitious_survey(
    n: int = 3800,
    *,
    seed: int = 0,
    cultures: Sequence[str] | None = None,
    items: Sequence[str] | None = None,
    name: str = NAME,
) -> Survey:
    """Return `n` people of the given cultures (all 19), as many of each as the real sample has of
    `n`.

    The same arguments give the same people. Raises `SurveyError` for unknown names.
    """
    real = load_builtin()
    chosen = real.check_cultures(cultures or real.cultures)
    asked = real.select(items or "all")
    total = sum(real.sample_sizes[culture] for culture in chosen)
    edges = np.rint(np.cumsum([0, *(real.sample_sizes[key] / total * n for key in chosen)])).astype(
        int
    )
    answer_IN = np.full((len(asked), n), MISSING, dtype=np.int8)
    weight_N = np.ones(n, dtype=np.float32)
    parts: dict[str, list[Trait]] = {}
    for c, culture in enumerate(chosen):
        rng = np.random.default_rng([seed, *culture.encode()])
        span = slice(edges[c], edges[c + 1])
        traits = _traits(rng, span.stop - span.start)
        weight_N[span] = _weights(rng, span.stop - span.start)
        answer_IN[:, span] = _answers(rng, real, culture, asked, traits)
        for demographic, trait in traits.items():
            parts.setdefault(demographic, []).append(trait)
    people = Respondents(
        items=asked,
        cultures=chosen,
        culture_N=np.repeat(np.arange(len(chosen)), np.diff(edges)).astype(np.int16),
        weight_N=weight_N,
        answer_IN=answer_IN,
        ids=[f"{INVENTED}{row + 1}" for row in range(n)],
        traits={key: _joined(part) for key, part in parts.items()},
    )
    survey = Survey(
        name=name,
        title=TITLE,
        items={item.id: item for item in asked},
        counts={},
        notice=NOTICE + real.notice,
        published_items=tuple(item.id for item in asked),
        spoken_name=real.spoken_name,
        respondents=people,
    )
    return survey.reweighted()


def write_wvs7_csv(survey: Survey, path: Path, *, columns: int = 0) -> None:
    """Write fictitious respondents as WVS-7's CSV with numeric codes; filled up to `columns`.

    No answer is -1, an item not asked in a culture -4, as in the real file.
    """
    import pyarrow as pa
    import pyarrow.csv as arrow

    people = survey.respondents
    if people is None or not survey.name.startswith("fictitious"):
        raise AssertionError("only fictitious respondents are written in this layout")
    table = _wvs7_columns(people)
    for number in range(len(table), columns):
        table[f"X{number}CS"] = np.full(len(people), -4, dtype=np.int8)
    arrow.write_csv(pa.table(table), str(path))


def _wvs7_columns(people: Respondents) -> dict[str, Any]:
    import pyarrow as pa

    from acculturate.survey.layout import shipped_layout

    size = len(people)
    names = pa.array(list(people.cultures))
    territory = pa.DictionaryArray.from_arrays(pa.array(people.culture_N.astype(np.int32)), names)
    table: dict[str, Any] = {
        "version": pa.array(["fictitious"] * size),
        "B_COUNTRY_ALPHA": territory.cast(pa.string()),
        "D_INTERVIEW": np.arange(1, size + 1),
        "W_WEIGHT": np.round(people.weight_N.astype(np.float64), 6),
    }
    for name, section in shipped_layout("wvs7").demographics.items():
        if name in people.traits:
            trait = people.traits[name]
            codes = {text: code for code, text in section.labels.items()}
            code_T = [int(codes.get(text, text)) for text in trait.texts]
            table[section.column] = np.array([*code_T, -2], dtype=np.int16)[trait.index_N]
    for item, answer_N in zip(people.items, people.answer_IN, strict=True):
        # MISSING (-1) and NO_ANSWER (-2) count from the end
        table[item.id] = np.array([*item.codes, -1, -4], dtype=np.int8)[answer_N]
    return table


def _traits(rng: np.random.Generator, n: int) -> dict[str, Trait]:
    from acculturate.survey.layout import shipped_layout

    sections = shipped_layout("wvs7").demographics
    age_N = np.clip(np.rint(rng.gamma(7.0, 6.3, n)), 18, 95).astype(int)
    traits = {"age": _numbers(rng, age_N), "household_size": _numbers(rng, rng.integers(1, 7, n))}
    texts = tuple(sections["age_group"].labels.values())
    traits["age_group"] = Trait(np.digitize(age_N, AGE_STEPS).astype(np.int32), texts)
    for name, shares in SHARES.items():
        index_N = rng.choice(len(shares), n, p=np.array(shares) / sum(shares)).astype(np.int32)
        index_N[rng.random(n) < UNKNOWN] = MISSING
        traits[name] = Trait(index_N, tuple(sections[name].labels.values()))
    return traits


def _numbers(rng: np.random.Generator, value_N: NDArray[Any]) -> Trait:
    top = 100
    index_N = value_N.astype(np.int32)
    index_N[rng.random(len(value_N)) < UNKNOWN / 2] = MISSING
    return Trait(index_N, tuple(str(number) for number in range(top)))


def _weights(rng: np.random.Generator, n: int) -> NDArray[np.float32]:
    raw_N = rng.lognormal(0.0, 0.35, n)
    return np.asarray(raw_N / max(raw_N.mean(), 1e-9), dtype=np.float32)


def _answers(
    rng: np.random.Generator,
    real: Survey,
    culture: str,
    items: Sequence[Item],
    traits: Mapping[str, Trait],
) -> NDArray[np.int8]:
    """Return answers of one culture's people, item by item."""
    from scipy.special import ndtr

    age_N, school_N = traits["age"].index_N, traits["education"].index_N
    n = len(age_N)
    answer_IN = np.full((len(items), n), MISSING, dtype=np.int8)
    if not n:
        return answer_IN
    background_N = _standard(_standard(age_N) - _standard(school_N))
    shared: dict[str, NDArray[np.float32]] = {}
    for i, item in enumerate(items):
        count_K = np.array(real.counts[culture].get(item.id, ()))
        if not count_K.sum():
            continue
        key = item.battery or item.id
        if key not in shared:
            shared[key] = rng.standard_normal(n, dtype=np.float32)
        own_N = rng.standard_normal(n, dtype=np.float32)
        rest = (1 - BATTERY**2 - BACKGROUND**2) ** 0.5
        latent_N = BATTERY * shared[key] + BACKGROUND * background_N + rest * own_N
        edge_K = np.cumsum(count_K / count_K.sum())[:-1]
        answer_IN[i] = np.searchsorted(edge_K, ndtr(latent_N), side="right")
        silent = max(0.0, 1 - count_K.sum() / real.sample_sizes[culture])
        answer_IN[i, rng.random(n) < silent] = NO_ANSWER
    return answer_IN


def _standard(value_N: NDArray[Any]) -> NDArray[np.float32]:
    """Return values with mean 0 and deviation 1."""
    deviation = float(value_N.std()) or 1.0
    return np.asarray((value_N - value_N.mean()) / deviation, dtype=np.float32)


def _joined(parts: Sequence[Trait]) -> Trait:
    return Trait(np.concatenate([part.index_N for part in parts]), parts[0].texts)
