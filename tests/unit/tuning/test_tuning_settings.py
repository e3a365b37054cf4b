import pytest

from acculturate.errors import ConfigError, TrainingError
from acculturate.tuning import qlora
from acculturate.tuning.tuning_settings import TuningSettings, find_preset, resolve


def test_published_preset_is_the_papers() -> None:
    s = resolve("published")
    assert (s.rank, s.alpha, s.dropout, s.target) == (8, 16.0, 0.0, "all-linear")
    assert (s.learning_rate, s.scheduler, s.warmup, s.epochs) == (1e-4, "cosine", 0.1, 1)
    assert (s.batch, s.accumulation, s.effective_batch) == (4, 32, 128)


def test_default_preset_gives_small_data_many_steps() -> None:
    s = resolve()
    assert (s.rank, s.alpha, s.learning_rate) == (16, 32.0, 2e-4)
    assert s.effective_batch <= 16


def test_overrides_stand_above_the_preset_however_it_is_made() -> None:
    assert resolve("published", {"rank": 4}).rank == 4
    assert resolve("published", {"rank": 4}).alpha == 16.0
    assert TuningSettings(preset="published", rank=4) == resolve("published", {"rank": 4})


def test_digest_follows_values_not_the_presets_name() -> None:
    spelled = resolve("default", find_preset("published"))
    assert spelled.digest == resolve("published").digest
    assert spelled.digest != resolve("published", {"seed": 1}).digest


def test_every_field_says_what_it_is() -> None:
    assert all(field.description for field in TuningSettings.model_fields.values())


@pytest.mark.parametrize(
    ("preset", "overrides", "said"),
    [
        ("publishd", {}, "no tuning preset 'publishd'.*Did you mean 'published'"),
        ("default", {"learning_rat": 1}, "no setting 'learning_rat'.*Did you mean 'learning_rate'"),
        ("default", {"epochs": 0}, "'epochs' is 0: input should be greater"),
        ("default", {"scheduler": "step"}, "'scheduler' is 'step'"),
        ("default", {"dropout": "much"}, "'dropout' is 'much'"),
    ],
)
def test_bad_settings_get_one_sentence(
    preset: str, overrides: dict[str, object], said: str
) -> None:
    with pytest.raises(ConfigError, match=said) as caught:
        resolve(preset, overrides)
    assert "\n" not in str(caught.value)


def test_published_clca_preset_is_the_other_papers() -> None:
    s = resolve("published-clca")
    assert (s.quantised, s.rank, s.alpha, s.dropout) == ("4bit", 4, 0.1, 0.5)
    assert (s.target, s.embeddings) == (("q_proj", "v_proj"), True)
    assert (s.learning_rate, s.batch, s.accumulation, s.epochs) == (1e-4, 2, 4, 3)
    assert s.max_length == 2048


@pytest.mark.parametrize(
    ("gpu", "package", "lacking"),
    [
        (False, False, "needs a GPU and bitsandbytes .pip install"),
        (False, True, "needs a GPU, which"),
        (True, False, "needs bitsandbytes .pip install 'acculturate.qlora.'."),
    ],
)
def test_qlora_is_refused_in_one_sentence(
    gpu: bool, package: bool, lacking: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(qlora, "_has_gpu", lambda: gpu)
    monkeypatch.setattr(qlora, "_has_package", lambda: package)
    with pytest.raises(TrainingError, match=lacking) as caught:
        qlora.check_quantised(resolve("published-clca"))
    assert "\n" not in str(caught.value)
    qlora.check_quantised(resolve("published-clca", {"quantised": "none"}))
    qlora.check_quantised(resolve("published"))


def test_qlora_goes_on_where_both_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(qlora, "_has_gpu", lambda: True)
    monkeypatch.setattr(qlora, "_has_package", lambda: True)
    qlora.check_quantised(resolve("published-clca"))
