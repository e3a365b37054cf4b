"""A training end to end, and each way in which it could fail without a word."""

import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from acculturate.engines import ModelSpec
from acculturate.engines.hf import HfEngine, LoadedModel, load_model, packing
from acculturate.errors import EngineError, TrainingError
from acculturate.records import Choice, ChooseRequest, Message, TrainingRow
from acculturate.tuning import lora, sft, trainer
from acculturate.tuning.report import read_report
from acculturate.tuning.tuning_settings import TuningSettings, resolve

QUICK = resolve("default", {"rank": 4, "alpha": 8, "learning_rate": 1e-2, "epochs": 2, "batch": 4})


def weights_of(model: Any) -> dict[str, torch.Tensor]:
    return {name: tensor.clone() for name, tensor in model.state_dict().items()}


def state_of(model: Any) -> dict[str, Any]:
    return {
        "names": list(model.state_dict()),
        "attributes": {k for k in vars(model) if k not in ("_modules",)},
        "config": model.config.to_dict(),
        "generation": model.generation_config.to_dict(),
        "modes": [module.training for module in model.modules()],
        "hooks": [len(module._forward_hooks) for module in model.modules()],
        "trainable": [p.requires_grad for p in model.parameters()],
        "gradients": [p.grad is None for p in model.parameters()],
        "forward": "forward" in vars(model),
    }


def test_tuning_learns_and_leaves_a_whole_adapter(
    tiny: LoadedModel, target_rows: list[TrainingRow], tmp_path: Path
) -> None:
    told: list[tuple[int, int]] = []
    before, state = weights_of(tiny.model), state_of(tiny.model)
    generators = random.getstate(), str(np.random.get_state()), torch.get_rng_state()
    folder = tmp_path / "adapters" / "a"
    report = sft.tune(
        target_rows, tiny, QUICK, folder, note=lambda step, steps: told.append((step, steps))
    )

    assert told == [(step, 4) for step in range(5)]
    assert len(report.losses) == 4
    assert report.losses[-1] < report.losses[0]
    assert (report.rows, report.trained_tokens, report.truncated, report.dropped) == (8, 8, 0, 0)
    assert report.first_row.trained == "1: 0.7000, 2: 0.1000, 3: 0.1000, 4: 0.1000"
    assert report.remarks == ()

    assert sorted(file.name for file in folder.iterdir()) == [
        "README.md", "acculturate.json", "adapter_config.json", "adapter_model.safetensors",
        "training.jsonl",
    ]  # fmt: skip
    assert [path.name for path in folder.parent.iterdir()] == ["a"]
    held = json.loads((folder / "acculturate.json").read_text())
    assert (held["base_model"], held["base_weights"]) == ("someone/tiny", "w" * 16)
    assert read_report(folder) == report
    config = json.loads((folder / "adapter_config.json").read_text())
    assert config["base_model_name_or_path"] == "someone/tiny"
    assert config["target_modules"] == sorted(config["target_modules"])
    assert not any("lm_head" in name for name in config["target_modules"])
    assert str(tmp_path) not in (folder / "acculturate.json").read_text()

    after = weights_of(tiny.model)
    assert all(torch.equal(before[name], after[name]) for name in before)
    assert state_of(tiny.model) == state
    assert random.getstate() == generators[0]
    assert str(np.random.get_state()) == generators[1]
    assert torch.equal(torch.get_rng_state(), generators[2])


@pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing`:FutureWarning")  # peft's own
def test_the_adapter_moves_the_answers_towards_their_targets(
    tiny: LoadedModel, target_rows: list[TrainingRow], tmp_path: Path
) -> None:
    from peft import PeftModel

    from acculturate.engines import chat

    settings = resolve("default", {"learning_rate": 1e-2, "epochs": 12, "batch": 4})
    report = sft.tune(target_rows, tiny, settings, tmp_path / "a")
    entropy = -(0.7 * np.log(0.7) + 0.3 * np.log(0.1))
    assert entropy - 1e-3 < report.losses[-1] < entropy + 0.35
    tuned = PeftModel.from_pretrained(tiny.model, str(tmp_path / "a")).eval()
    one, four = (tiny.tokenizer.convert_tokens_to_ids(label) for label in ("1", "4"))
    for row in target_rows[:2]:
        ids = chat.encode(tiny.tokenizer, chat.render(tiny.tokenizer, row.prompt))
        with torch.no_grad():
            shares = tuned(torch.tensor([ids])).logits[0, -1].softmax(-1)
        likely, unlikely = (one, four) if row.culture == "CHI" else (four, one)
        assert shares[likely] > 2 * shares[unlikely]


def test_same_rows_and_settings_give_the_same_weights(
    tiny: LoadedModel,
    completion_rows: list[TrainingRow],
    target_rows: list[TrainingRow],
    tmp_path: Path,
) -> None:
    rows = completion_rows + target_rows
    settings = QUICK.model_copy(update={"epochs": 1, "dropout": 0.1})
    first = sft.tune(rows, tiny, settings, tmp_path / "a")
    torch.rand(3), random.random()  # whatever the process did before must not matter
    again = sft.tune(rows, tiny, settings, tmp_path / "b")
    other = sft.tune(rows, tiny, settings.model_copy(update={"seed": 5}), tmp_path / "c")
    assert first == again
    assert first.adapter_weights != other.adapter_weights
    assert first.trained_tokens == 8 + sum(
        len(tiny.tokenizer(row.completion)["input_ids"]) + 1 for row in completion_rows
    )


def test_weight_two_counts_as_the_same_row_twice(
    tiny: LoadedModel, completion_rows: list[TrainingRow], tmp_path: Path
) -> None:
    one, other = completion_rows[1:3]
    settings = QUICK.model_copy(update={"epochs": 1})
    double = TrainingRow(one.prompt, one.culture, one.source, one.completion, weight=2.0)
    sft.tune([double, other], tiny, settings, tmp_path / "a")
    sft.tune([one, other, one], tiny, settings, tmp_path / "b")
    a, b = (load_file(tmp_path / name / "adapter_model.safetensors") for name in "ab")
    assert all(torch.allclose(a[name], b[name], atol=1e-5) for name in a)


def test_accumulation_makes_no_difference_to_a_step(
    tiny: LoadedModel, completion_rows: list[TrainingRow], tmp_path: Path
) -> None:
    split = {"epochs": 1, "batch": 2, "accumulation": 2}
    whole = sft.tune(completion_rows, tiny, QUICK.model_copy(update={"epochs": 1}), tmp_path / "a")
    parts = sft.tune(completion_rows, tiny, QUICK.model_copy(update=split), tmp_path / "b")
    assert parts.losses == pytest.approx(whole.losses, rel=1e-5)
    a, b = (load_file(tmp_path / name / "adapter_model.safetensors") for name in "ab")
    assert all(torch.allclose(a[name], b[name], atol=1e-4) for name in a)


@pytest.fixture
def no_training(monkeypatch: pytest.MonkeyPatch) -> None:
    def train(*args: Any) -> None:
        raise AssertionError("trained again")

    monkeypatch.setattr(sft, "_train", train)


@pytest.fixture
def held(tiny: LoadedModel, completion_rows: list[TrainingRow], tmp_path: Path) -> Path:
    folder = tmp_path / "held"
    sft.tune(completion_rows, tiny, QUICK.model_copy(update={"epochs": 1}), folder)
    return folder


def test_the_same_adapter_is_not_trained_again(
    held: Path, tiny: LoadedModel, completion_rows: list[TrainingRow], no_training: None
) -> None:
    settings = QUICK.model_copy(update={"epochs": 1})
    assert sft.tune(completion_rows, tiny, settings, held) == read_report(held)
    for rows, other in ((completion_rows[1:], settings), (completion_rows, QUICK)):
        with pytest.raises(AssertionError, match="trained again"):
            sft.tune(rows, tiny, other, held)
    weights = held / "adapter_model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-8])
    with pytest.raises(AssertionError, match="trained again"):
        sft.tune(completion_rows, tiny, settings, held)


def test_another_adapter_takes_the_folder_when_it_is_whole(
    held: Path, tiny: LoadedModel, completion_rows: list[TrainingRow]
) -> None:
    (held.parent / ".held.partial").mkdir()  # as a killed training leaves it
    report = sft.tune(completion_rows[:2], tiny, QUICK, held)
    assert read_report(held) == report
    assert [path.name for path in held.parent.iterdir()] == ["held"]


def test_a_folder_with_other_things_is_left_alone(
    tiny: LoadedModel, completion_rows: list[TrainingRow], tmp_path: Path
) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(TrainingError, match="something other than an adapter"):
        sft.tune(completion_rows, tiny, QUICK, tmp_path)
    with pytest.raises(TrainingError, match="something other than an adapter"):
        sft.tune(completion_rows, tiny, QUICK, tmp_path / "thesis.txt")
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_a_place_that_cannot_be_written(
    tiny: LoadedModel, completion_rows: list[TrainingRow], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(TrainingError, match=r"cannot be written to .*: not a directory"):
        sft.tune(completion_rows, tiny, QUICK, tmp_path / "file" / "a")


def test_cut_and_dropped_rows_are_counted_and_said(
    tiny: LoadedModel, completion_rows: list[TrainingRow], tmp_path: Path
) -> None:
    long = (Message("user", "What? " * 60),)
    rows = [
        TrainingRow(long, "", "", completion="3"),
        TrainingRow(long, "", "", labels=("1", "2"), target=(0.5, 0.5)),
        *completion_rows[:1],
        TrainingRow(completion_rows[0].prompt, "", "", completion="3 of them. " * 40),
    ]
    settings = QUICK.model_copy(update={"max_length": 150, "epochs": 1})
    report = sft.tune(rows, tiny, settings, tmp_path / "a")
    assert (report.rows, report.truncated, report.dropped) == (4, 1, 2)
    assert report.remarks[0].startswith("1 of 4 rows were cut at 150 tokens")
    assert report.remarks[1].startswith("2 of 4 rows were dropped")
    assert report.first_row.trained == "3<|im_end|>"


def fails(
    said: str,
    rows: list[TrainingRow],
    model: LoadedModel,
    settings: TuningSettings,
    parent: Path,
) -> None:
    """Tuning refuses in one sentence, writes nothing and gives the model back."""
    state = state_of(model.model)
    with pytest.raises(TrainingError, match=said) as caught:
        sft.tune(rows, model, settings, parent / "a")
    assert "\n" not in str(caught.value)
    assert list(parent.iterdir()) == []
    assert state_of(model.model) == state


def test_no_rows(tiny: LoadedModel, tmp_path: Path) -> None:
    fails("There are no training rows", [], tiny, QUICK, tmp_path)


def test_nothing_left_to_train(
    tiny: LoadedModel, completion_rows: list[TrainingRow], tmp_path: Path
) -> None:
    settings = QUICK.model_copy(update={"max_length": 8})
    fails("None of the 4 rows has a token left", completion_rows, tiny, settings, tmp_path)


def test_a_loss_that_is_not_a_number(
    tiny: LoadedModel, completion_rows: list[TrainingRow], tmp_path: Path
) -> None:
    with torch.no_grad():
        tiny.model.model.norm.weight.fill_(float("nan"))
    fails("loss is not a finite number in step 1", completion_rows, tiny, QUICK, tmp_path)


def test_weights_that_are_not_finite(tiny: LoadedModel) -> None:
    with lora.lora_on(tiny.model, QUICK) as peft_model, torch.no_grad():
        last = [p for name, p in peft_model.named_parameters() if "lora_A" in name][-1]
        last[0, 0] = float("inf")
        with pytest.raises(TrainingError, match=r"not finite \(first in .*lora_A"):
            lora.check_weights(lora.trained_weights(peft_model))


def test_weights_that_never_moved(
    tiny: LoadedModel, completion_rows: list[TrainingRow], tmp_path: Path
) -> None:
    settings = QUICK.model_copy(update={"learning_rate": 0.0})
    fails("Training changed nothing", completion_rows, tiny, settings, tmp_path)


@pytest.mark.parametrize("target", [("q_porj",), "Q", ("lm_head", "q_proj")])
def test_a_target_that_is_no_layer(
    tiny: LoadedModel, completion_rows: list[TrainingRow], tmp_path: Path, target: Any
) -> None:
    settings = QUICK.model_copy(update={"target": target})
    fails(r"No layer .* is called|lm_head cannot be", completion_rows, tiny, settings, tmp_path)


def test_rows_that_do_not_fit_into_memory(
    tiny: LoadedModel,
    completion_rows: list[TrainingRow],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(*args: Any, **kwargs: Any) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory.")

    monkeypatch.setattr(tiny.model, "forward", full)
    fails("One row of .* does not fit into memory", completion_rows, tiny, QUICK, tmp_path)


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory."),
        RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes."),
        MemoryError(),
    ],
)
def test_a_portion_that_does_not_fit_into_memory_is_halved(
    tiny: LoadedModel,
    completion_rows: list[TrainingRow],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    packed: bool,
    error: Exception,
) -> None:
    """Also where memory runs out on the way back, with a part of the gradient there already."""
    if not packed:
        monkeypatch.setattr(packing, "packs", lambda model: False)
    settings = QUICK.model_copy(update={"accumulation": 2})
    whole = sft.tune(completion_rows, tiny, settings, tmp_path / "whole")
    real, fails = trainer.RowTrainer.compute_loss, []

    def tight(run: Any, model: Any, inputs: Any, *rest: Any, **named: Any) -> torch.Tensor:
        loss = real(run, model, inputs, *rest, **named)
        if len(inputs["examples"]) > 1:
            fails.append(len(inputs["examples"]))
            first = next(weight for weight in run.model.parameters() if weight.requires_grad)
            first.grad = torch.full_like(first, 99.0)
            raise error
        return loss

    monkeypatch.setattr(trainer.RowTrainer, "compute_loss", tight)
    cut = sft.tune(completion_rows, tiny, settings, tmp_path / "cut")
    assert fails
    assert whole.halved == 0 < cut.halved
    assert any("did not fit into memory" in remark for remark in cut.remarks)
    assert cut.losses == pytest.approx(whole.losses, abs=1e-5)
    weights = [
        load_file(tmp_path / name / "adapter_model.safetensors") for name in ("whole", "cut")
    ]
    for name, weight in weights[0].items():
        torch.testing.assert_close(weights[1][name], weight, atol=1e-4, rtol=0)
    assert sft.kept_report(tmp_path / "cut") == cut


def test_the_engine_takes_the_adapter_with_its_base_and_no_other(
    tiny: LoadedModel,
    target_rows: list[TrainingRow],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ACCULTURATE_CACHE", str(tmp_path / "cache"))
    for name in ("base", "other"):
        tiny.model.save_pretrained(tmp_path / name)
        tiny.tokenizer.save_pretrained(tmp_path / name)
        with torch.no_grad():
            tiny.model.model.norm.weight.mul_(2)
    base = ModelSpec(str(tmp_path / "base"), dtype="float32")
    asked = [ChooseRequest(row.prompt, row.labels) for row in target_rows[:1]]
    loaded = load_model(base)
    report = sft.tune(target_rows, loaded, QUICK, tmp_path / "a")
    assert report.base_weights == loaded.identity.weights
    ((_, before),) = HfEngine(base).choose(asked)
    ((_, after),) = HfEngine(replace(base, adapter=tmp_path / "a")).choose(asked)
    assert isinstance(before, Choice)
    assert isinstance(after, Choice)
    gain = np.array(after.logprobs) - np.array(before.logprobs)
    assert np.dot(target_rows[0].target, gain) > 0.1
    with pytest.raises(EngineError, match="trained on other weights"):
        load_model(ModelSpec(str(tmp_path / "other"), adapter=tmp_path / "a"))


def test_a_model_with_an_adapter_is_refused(
    tiny: LoadedModel, completion_rows: list[TrainingRow], tmp_path: Path
) -> None:
    adapted = replace(tiny, identity=replace(tiny.identity, adapter="abc"))
    fails("loaded with an adapter", completion_rows, adapted, QUICK, tmp_path)


def test_an_interrupted_training_leaves_nothing_and_gives_the_model_back(
    tiny: LoadedModel, completion_rows: list[TrainingRow], tmp_path: Path
) -> None:
    def interrupt(step: int, steps: int) -> None:
        if step == 1:
            raise KeyboardInterrupt

    before, state = weights_of(tiny.model), state_of(tiny.model)
    with pytest.raises(KeyboardInterrupt):
        sft.tune(completion_rows, tiny, QUICK, tmp_path / "a", note=interrupt)
    assert list(tmp_path.iterdir()) == []
    after = weights_of(tiny.model)
    assert all(torch.equal(before[name], after[name]) for name in before)
    assert state_of(tiny.model) == state


def test_checkpointed_training_is_the_same_training(
    tiny: LoadedModel, completion_rows: list[TrainingRow], tmp_path: Path
) -> None:
    settings = QUICK.model_copy(update={"epochs": 1})
    plain = sft.tune(completion_rows, tiny, settings, tmp_path / "a")
    state = state_of(tiny.model)
    checkpointed = settings.model_copy(update={"gradient_checkpointing": True})
    report = sft.tune(completion_rows, tiny, checkpointed, tmp_path / "b")
    assert report.losses == pytest.approx(plain.losses, rel=1e-5)
    assert state_of(tiny.model) == state
    assert not tiny.model.is_activation_checkpointing


def test_bfloat16_is_close(
    tiny: LoadedModel,
    completion_rows: list[TrainingRow],
    target_rows: list[TrainingRow],
    tmp_path: Path,
) -> None:
    rows, settings = completion_rows + target_rows, QUICK.model_copy(update={"epochs": 1})
    plain = sft.tune(rows, tiny, settings, tmp_path / "a")
    half = sft.tune(rows, tiny, settings.model_copy(update={"dtype": "bfloat16"}), tmp_path / "b")
    assert half.losses != plain.losses
    assert half.losses == pytest.approx(plain.losses, rel=0.03)


def test_nothing_is_sent_and_nothing_printed(
    tiny: LoadedModel,
    completion_rows: list[TrainingRow],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    sent: list[object] = []
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setattr(
        "trl.trainer.base_trainer.send_telemetry", lambda **kwargs: sent.append(kwargs)
    )
    monkeypatch.chdir(tmp_path)
    sft.tune(completion_rows, tiny, QUICK.model_copy(update={"epochs": 1}), tmp_path / "a")
    assert sent == []
    assert "".join(capfd.readouterr()) == ""
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
@pytest.mark.parametrize("tied", [True, False])
def test_whole_matrices_are_trained_kept_and_asked(
    tied: bool,
    dtype: Any,
    tokenizer: Any,
    make_model: Any,
    target_rows: list[TrainingRow],
    tmp_path: Path,
) -> None:
    made = make_model(tokenizer)
    if not tied:
        made.model.config.tie_word_embeddings = False
        made.model.lm_head.weight = torch.nn.Parameter(made.model.lm_head.weight.clone() * 0.5)
    base = tmp_path / "base"
    made.model.save_pretrained(base)
    tokenizer.save_pretrained(base)
    loaded = load_model(ModelSpec(str(base), dtype=dtype))
    before, state = weights_of(loaded.model), state_of(loaded.model)
    settings = resolve(
        "published-clca",
        {"quantised": "none", "alpha": 4, "learning_rate": 1e-2, "max_length": 256},
    )
    sft.tune(target_rows, loaded, settings, tmp_path / "whole")
    after = weights_of(loaded.model)
    assert all(torch.equal(before[name], after[name]) for name in before)
    assert state_of(loaded.model) == state

    held = load_file(tmp_path / "whole" / "adapter_model.safetensors")
    matrices = {name.split(".")[-2] for name in held if "lora" not in name}
    assert matrices >= ({"embed_tokens"} if tied else {"embed_tokens", "lm_head"})
    assert {name.split(".")[-3] for name in held if "lora" in name} == {"q_proj", "v_proj"}
    for name, weight in held.items():
        if "lora" not in name:
            first = before[name.removeprefix("base_model.model.")].float()
            assert not torch.equal(weight.float(), first)
    asked = load_model(ModelSpec(str(base), dtype=dtype, adapter=tmp_path / "whole"))
    moved = asked.model.get_input_embeddings().weight
    assert not torch.equal(moved, before["model.embed_tokens.weight"])
    assert torch.equal(asked.model.get_output_embeddings().weight, moved) is tied


@pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing`:FutureWarning")  # peft's own
def test_contrast_learns_what_tells_the_rows_of_a_group_apart(
    tiny: LoadedModel, target_rows: list[TrainingRow], tmp_path: Path
) -> None:
    """After as many steps the answers for two cultures are further apart with it than without."""
    from acculturate.engines.hf.mounted_adapter import put_on
    from acculturate.tuning.loss_logits import read_logits
    from acculturate.tuning.tokenised_rows import label_logprobs, make_example

    grouped = [replace(row, group=row.source) for row in target_rows]
    examples = [example for row in grouped if (example := make_example(tiny.tokenizer, row, 512))]

    def gap(contrast: float) -> float:
        """The first option's mean share in China less that in Germany."""
        settings = QUICK.model_copy(update={"contrast": contrast, "epochs": 3, "batch": 1})
        sft.tune(grouped, tiny, settings, tmp_path / f"{contrast}")
        change = put_on(tiny.model, [tmp_path / f"{contrast}"], remember=True)
        with torch.no_grad():
            logits_RV = read_logits(tiny.model, examples, tiny.pad_id, packed=False)
        assert change.take_off()
        shares = [
            float(label_logprobs({(): part_V.log_softmax(-1)}, example.plan)[0].exp())
            for part_V, example in zip(logits_RV, examples, strict=True)
            if example.plan
        ]
        return float(np.mean(shares[::2]) - np.mean(shares[1::2]))

    assert gap(4.0) > 1.2 * gap(0.0) > 0


def test_rows_of_a_group_need_the_same_labels(
    tiny: LoadedModel, target_rows: list[TrainingRow], tmp_path: Path
) -> None:
    one, other = (replace(row, group="g") for row in target_rows[:2])
    other = replace(other, labels=("a", "b", "c", "d"))
    with pytest.raises(TrainingError, match=r"row 2 .* other labels .* group 'g'"):
        sft.tune([one, other], tiny, QUICK, tmp_path / "a")


@pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing`:FutureWarning")  # peft's own
def test_a_regular_expression_names_the_layers_that_are_adapted(
    tiny_model: Path, target_rows: list[TrainingRow], tmp_path: Path
) -> None:
    """The config holds it as it is, so that the adapter can be read again."""
    spec, folder = ModelSpec(str(tiny_model)), tmp_path / "upper"
    upper = r".*layers\.1\..*_proj"
    sft.tune(target_rows, load_model(spec), QUICK.model_copy(update={"target": upper}), folder)
    config = json.loads((folder / "adapter_config.json").read_text())
    assert config["target_modules"] == upper
    names = load_file(folder / "adapter_model.safetensors")
    assert {name.partition(".layers.")[2][0] for name in names} == {"1"}
    load_model(replace(spec, adapter=folder)).give_back()
