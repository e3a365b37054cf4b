"""Means over training seeds: the arms of a study that were made once for each of several."""

from collections.abc import Mapping

from acculturate.evaluation.arm_table import ArmTable
from acculturate.evaluation.seeds import over_seeds, paired_seeds, seed_differences
from acculturate.records.results.differences import CorrectedDifference
from acculturate.records.results.plain import widened
from acculturate.statistics.bootstrap import Resampling
from acculturate.study.schema import Study
from acculturate.study.training_seeds import named_arms, shown_name


def seed_tables(study: Study, tables: Mapping[str, ArmTable]) -> dict[str, ArmTable]:
    """Return the tables of arms that have several seeds, by their names."""
    families: dict[str, list[ArmTable]] = {}
    for arm in study.arm:
        if arm.seed is not None:
            families.setdefault(arm.part_of, []).append(tables[arm.id])
    return {name: over_seeds(own, name) for name, own in families.items()}


def named_pairs(study: Study) -> dict[str, str]:
    """Return each named arm that is compared, and the arm that it is against."""
    names = {arm.id: shown_name(arm) for arm in study.arm}
    return {name: names[arm.against] for name, arm in named_arms(study).items() if arm.against}


def mean_differences(
    tables: Mapping[str, ArmTable], pairs: Mapping[str, str], drawn: Resampling
) -> list[CorrectedDifference]:
    """Return the differences of arms that have several seeds: means over seeds, without a test."""
    return [
        widened(CorrectedDifference, gap)
        for arm, control in pairs.items()
        if tables[arm].seeds
        for gap in seed_differences(*paired_seeds(tables[arm], tables[control]), None, drawn)
    ]
