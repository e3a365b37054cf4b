import pytest

from acculturate.errors import SurveyError
from acculturate.evaluation.catalogue import INDIVIDUAL, TOGETHER, figures, find_figures
from acculturate.evaluation.measures import METRICS


def test_names_go_to_those_who_make_them() -> None:
    asked = find_figures(["pair_share", "alignment", "individual_hard_accuracy", "alignment"])
    assert asked.metrics == ("alignment",)
    assert asked.together == ("pair_share",)
    assert asked.individual == ("individual_hard_accuracy",)


def test_without_names_everything_is_asked_for() -> None:
    asked = find_figures()
    assert asked.metrics == tuple(METRICS)
    assert {*asked.together, *asked.individual} == {*TOGETHER, *INDIVIDUAL}


def test_an_unknown_name_is_told_with_the_nearest() -> None:
    with pytest.raises(SurveyError, match="Did you mean 'pair_share'"):
        find_figures(["pairshare"])


def test_published_figures_are_grouped_as_such() -> None:
    for name, figure in figures().items():
        assert (figure.group == "published") == ("_as_published" in name), name
