"""What a `[models.X]` section names, and what of it can be tuned."""

import pytest

from acculturate.config import validate
from acculturate.engines import parse_model
from acculturate.engines.vllm import VllmSettings
from acculturate.errors import ConfigError, TrainingError
from acculturate.study.models import check_tunable, model_spec
from acculturate.study.schema import ModelSection


def test_a_section_says_how_much_of_the_machine_vllm_may_have() -> None:
    tree = {"name": "vllm:org/model@v2", "vllm": {"tensor_parallel_size": 4}}
    spec = model_spec(validate(ModelSection, tree, "s.toml"))
    assert (spec.engine, spec.name, spec.revision) == ("vllm", "org/model", "v2")
    assert spec.told(VllmSettings) == VllmSettings(tensor_parallel_size=4)
    with pytest.raises(ConfigError, match="tensor_parallel_size"):
        validate(ModelSection, {**tree, "vllm": {"tensor_parallel": 4}}, "s.toml")


def test_what_vllm_runs_is_tuned_by_transformers() -> None:
    spec = check_tunable(parse_model("vllm:org/model@v2", dtype="bfloat16"))
    assert spec == parse_model("org/model@v2", dtype="bfloat16")
    with pytest.raises(TrainingError, match="through the engine 'server', which has no weights"):
        check_tunable(parse_model("server:name"))
