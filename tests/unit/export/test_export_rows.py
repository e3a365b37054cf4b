"""Training rows for other trainers: what they train on is what ours say."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from acculturate.errors import StoreError
from acculturate.export import OpenedRun
from acculturate.export.chat_rows import allotted, chat_rows, write_chat_rows
from acculturate.records import Message, TrainingRow
from acculturate.surveytuning.adaptation import SurveyAdaptation
from acculturate.tuning.rows import dump_rows

SYSTEM, ASK = Message("system", "Speak as a German."), Message("user", "Do you?\n1 = Yes\n2 = No")
SHARES = TrainingRow((SYSTEM, ASK), "DEU", "Q1", labels=("1", "2"), target=(0.74, 0.26))
TALK = TrainingRow(
    (SYSTEM, ASK, Message("assistant", "Yes."), Message("user", "Why?")),
    "DEU", "talk", completion="I like it.", trained=(2,), weight=0.5,
)  # fmt: skip


@pytest.fixture
def taught(run: OpenedRun, tmp_path: Path) -> OpenedRun:
    """The run as if it had an adaptation with these rows."""
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "people.rows.jsonl").write_text(dump_rows([SHARES, TALK]), encoding="utf-8")
    study = run.plan.study.model_copy(
        update={"adapt": (SurveyAdaptation(id="people", method="survey"),)}
    )
    plan = replace(run.plan, study=study)
    return replace(run, finished=replace(run.finished, folder=folder, plan=plan))


def test_shares_become_counts_and_replies_rows() -> None:
    rows = list(chat_rows([SHARES, TALK], copies=10))
    assert Counter(row.reply for row in rows) == {"1": 7, "2": 3, "Yes.": 5, "I like it.": 5}
    assert {row.prompt[-1].text for row in rows if row.reply == "Yes."} == {ASK.text}
    alone = list(chat_rows([TALK, TALK]))
    assert [row.reply for row in alone] == ["Yes.", "I like it."] * 2


@pytest.mark.parametrize(
    "shares", [(1.0, 0.0), (1 / 3, 1 / 3, 1 / 3), (0.05,) * 20, (0.999, 0.001)]
)
def test_seats_sum_up_and_follow_the_shares(shares: tuple[float, ...]) -> None:
    counts = allotted(shares, 10)
    assert sum(counts) == 10
    for share, count in zip(shares, counts, strict=True):
        assert abs(count - 10 * share) < 1


@pytest.mark.filterwarnings("ignore::FutureWarning")  # TRL sets what transformers renames
def test_trl_trains_on_the_completions_alone(
    taught: OpenedRun, tmp_path: Path, tiny_model: Path
) -> None:
    trl = pytest.importorskip("trl")
    from datasets import load_dataset

    write_chat_rows(taught, tmp_path / "rows", "trl")
    file = tmp_path / "rows" / "people.jsonl"
    rows = load_dataset("json", data_files=str(file), split="train", cache_dir=str(tmp_path / "c"))
    config = trl.SFTConfig(
        output_dir=str(tmp_path / "out"), max_steps=1, report_to="none", use_cpu=True, bf16=False,
        per_device_train_batch_size=2, disable_tqdm=True,
    )  # fmt: skip
    trainer = trl.SFTTrainer(str(tiny_model), args=config, train_dataset=rows)
    tokenizer = trainer.processing_class
    for given, seen in zip(rows, trainer.train_dataset, strict=True):
        batch = trainer.data_collator([seen])
        trained = [int(t) for t in batch["labels"][0] if t != -100]
        said = tokenizer.decode(trained, skip_special_tokens=True)
        assert said.strip() == given["completion"][0]["content"]
    trainer.train()


def test_llama_factory_finds_what_its_page_documents(taught: OpenedRun, tmp_path: Path) -> None:
    write_chat_rows(taught, tmp_path / "rows", "llama-factory")
    info = json.loads((tmp_path / "rows" / "dataset_info.json").read_text())["people"]
    assert info["formatting"] == "sharegpt"
    tags = info["tags"]
    lines = (tmp_path / "rows" / info["file_name"]).read_text(encoding="utf-8").splitlines()
    for line in lines:
        talk: list[dict[str, Any]] = json.loads(line)[info["columns"]["messages"]]
        roles = [message[tags["role_tag"]] for message in talk]
        assert roles[0] == tags["system_tag"]
        assert roles[1::2] == [tags["user_tag"]] * len(roles[1::2])
        assert roles[2::2] == [tags["assistant_tag"]] * len(roles[2::2])
        assert roles[-1] == tags["assistant_tag"]
    page = (tmp_path / "rows" / "README.md").read_text()
    assert "mask_history: true" in page
    assert "at most 10, divided" in page


def test_a_run_without_rows_is_told(run: OpenedRun, taught: OpenedRun, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="has no adaptation"):
        write_chat_rows(run, tmp_path / "a", "trl")
    (taught.folder / "people.rows.jsonl").unlink()
    with pytest.raises(StoreError, match="are gone: run the study again"):
        write_chat_rows(taught, tmp_path / "b", "trl")
