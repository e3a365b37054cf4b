from pathlib import Path

import pytest

from acculturate.files import file_digest, text_digest, whole, write_whole


def test_a_file_is_there_whole_or_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    write_whole(path, "old ä")

    def stopped() -> None:
        with whole(path) as part:
            part.write_text("half", encoding="utf-8")
            assert path.read_text(encoding="utf-8") == "old ä"
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert [(path.name, path.read_text(encoding="utf-8")) for path in tmp_path.iterdir()] == [
        ("page.html", "old ä")
    ]


def test_two_writers_of_one_file_do_not_meet(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    with whole(path) as one, whole(path) as other:
        one.write_text("one")
        other.write_text("other")
    assert path.read_text() == "one"


def test_a_file_and_its_text_have_one_digest(tmp_path: Path) -> None:
    path = tmp_path / "empty"
    write_whole(path, "")
    # of nothing at all, as FIPS 180-4's examples have it
    assert file_digest(path).startswith("e3b0c44298fc1c149afbf4c8996fb924")
    assert text_digest("") == "e3b0c44298fc1c14"
