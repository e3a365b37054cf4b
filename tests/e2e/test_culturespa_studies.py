"""Every CultureSPA study at its smallest: a tiny model, a made-up writer, from questions to tables.

One adapter for each culture, on every culture, carries what only a report of several arms shows.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from acculturate.study.schema import Study, load_study
from acculturate.study.shipped_studies import demo_study
from acculturate.study.wiring import run_study

pytest.importorskip("peft")

STUDIES = sorted(demo_study().parent.glob("culturespa-*.toml"))


def smallest(path: Path, model: Path) -> Study:
    """The study's smoke form, written and tuned by next to nothing."""
    ids = [section.id for section in load_study(path, "smoke").adapt]
    settings = [
        f"models.base.name={str(model)!r}",
        "models.base.dtype='float32'",
        "models.writer.name='mock:noise'",
        "study.draws=200",
        *(f"adapt.{name}.teacher='writer'" for name in ids),
        *(f"adapt.{name}.tuning.rank=2" for name in ids),
        # a letter is a token of the tiny model
        *(f"adapt.{name}.tuning.max_length=4096" for name in ids),
    ]
    return load_study(path, "smoke", tuple(settings))


def carried_out(path: Path, model: Path, folder: Path) -> Any:
    run_study(smallest(path, model), folder)
    return json.loads((folder / "metrics.json").read_text(encoding="utf-8"))


@pytest.mark.slow
@pytest.mark.parametrize("path", STUDIES, ids=lambda path: path.stem)
def test_a_study_ends_in_its_tables(path: Path, tiny_model: Path, tmp_path: Path) -> None:
    metrics = carried_out(path, tiny_model, tmp_path / "run")
    meta = metrics["meta"]
    assert meta["profile"] == "smoke"
    # published metrics want answers as the paper draws them, which a smoke form does not
    asked = {table.title for table in load_study(path, "smoke").table}
    assert {table["title"] for table in meta["tables"]} == asked
    for table in meta["tables"]:
        for row in table["rows"]:
            assert len(row["cells"]) == len(table["columns"])
    page = (tmp_path / "run" / "report.html").read_text(encoding="utf-8")
    assert all(f">{row['label']}<" in page for row in meta["tables"][0]["rows"])


def test_adapters_on_cultures_and_what_they_did(tiny_model: Path, tmp_path: Path) -> None:
    path = demo_study().parent / "culturespa-transfer.toml"
    metrics = carried_out(path, tiny_model, tmp_path / "run")
    meta = metrics["meta"]
    [transfer] = meta["transfers"]
    assert transfer["adapters"] == transfer["cultures"] == ["CHN", "DEU", "MEX"]
    alone = {
        row["culture"]: row["value"]
        for row in metrics["rows"]
        if (row["arm"], row["metric"]) == ("specific", "alignment")
    }
    for place, culture in enumerate(transfer["cultures"]):
        # asked of its own adapter, a culture answers as in the arm of all adapters
        assert transfer["value"][place][place] == pytest.approx(alone[culture])
    centred = transfer["centred"]
    assert [sum(row) for row in centred] == pytest.approx([0, 0, 0], abs=1e-12)
    assert {figure["metric"] for figure in transfer["figures"]} >= {"pair_share"}
    assert {row["arm"] for row in meta["directions"]} == {"specific"}
    assert [arm["arm"] for arm in meta["relations"]["arms"]] == ["aware", "specific"]
    assert len(meta["overlaps"]) == 3
    page = (tmp_path / "run" / "report.html").read_text(encoding="utf-8")
    assert "Adapters on cultures: transfer" in page
    assert "transfer-CHN" not in page.split('id="again"')[0].split('id="cautions"')[0]
