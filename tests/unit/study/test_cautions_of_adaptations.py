"""What is said of several adaptations alike stands once, with all their names."""

from acculturate.study.results.cautions import of_adaptations


def test_what_holds_of_several_stands_once() -> None:
    said = {
        "true": ("true: 2 of 12 do not exceed the noise.", "The rows are older."),
        "null": ("null: 2 of 12 do not exceed the noise.", "The rows are older."),
        "other": ("other: 3 of 12 do not exceed the noise.",),
    }
    assert list(of_adaptations(said)) == [
        "true, null: 2 of 12 do not exceed the noise.",
        "The rows are older.",
        "other: 3 of 12 do not exceed the noise.",
    ]
