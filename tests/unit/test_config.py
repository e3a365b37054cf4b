"""Study files: what is laid over what, and complaints that name the key and the nearest name."""

from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, ConfigDict, Field

from acculturate.config import apply_profile, apply_settings, merge, read_toml, read_value, validate
from acculturate.errors import ConfigError
from acculturate.patterns import CULTURE, NAME, TAG

FILE = Path("study.toml")


class Leaf(BaseModel):
    model_config = ConfigDict(extra="forbid")
    id: str = ""
    size: int = 1


class Branch(BaseModel):
    model_config = ConfigDict(extra="forbid")
    id: str = ""
    stem: Leaf = Leaf()
    weight: int = 1


class Root(BaseModel):
    model_config = ConfigDict(extra="forbid")
    branches: tuple[Branch, ...] = ()
    leaf: Leaf = Leaf()
    leaves: tuple[Leaf, ...] = ()
    named: dict[str, Leaf] = {}


def test_values_are_read_as_toml_and_words_stay_words() -> None:
    assert read_value("no") == "no"
    assert read_value("1e-4") == 1e-4
    assert read_value('["a", "b"]') == ["a", "b"]
    assert read_value("") == ""


def test_settings_reach_tables_and_entries() -> None:
    tree: dict[str, Any] = {"leaf": {"size": 2}, "leaves": [{"id": "a"}, {"id": "b"}]}
    out = apply_settings(
        tree, ["leaf.size=3", "leaves.b.size=4", "leaves.0.size=5", "named.x.size=6"]
    )
    assert out == {
        "leaf": {"size": 3},
        "leaves": [{"id": "a", "size": 5}, {"id": "b", "size": 4}],
        "named": {"x": {"size": 6}},
    }
    assert tree["leaf"]["size"] == 2


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("leaf.size", "not of the form"),
        ("=3", "not of the form"),
        ("leaves.c.size=1", "no entry 'c'"),
        ("leaf.size.x=1", "'size' holds a value"),
    ],
)
def test_bad_settings(setting: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        apply_settings({"leaf": {"size": 2}, "leaves": [{"id": "a"}]}, [setting])


@pytest.mark.parametrize(
    ("setting", "meant"),
    [
        (
            "branches.stem.size=1",
            r"write branches\.ID\.stem\.size=\.\.\., where ID is one of a, stemm",
        ),
        ("branches.size=1", r"write branches\.ID\.stem\.size=\.\.\."),
        ("branches.weight=1", r"write branches\.ID\.weight=\.\.\."),
        ("branches.stemmm.weight=1", r"Did you mean 'stemm'\?$"),
        ("values.7=1", r"It holds values: give them all, as values='\[\.\.\.\]'"),
    ],
)
def test_a_setting_that_leaves_out_the_id_is_met_with_the_whole_key(
    setting: str, meant: str
) -> None:
    tree: dict[str, Any] = {"branches": [{"id": "a"}, {"id": "stemm"}], "values": [1, 2]}
    with pytest.raises(ConfigError, match=meant):
        apply_settings(tree, [setting], Root)


def test_of_a_single_entry_the_id_is_written_out() -> None:
    with pytest.raises(ConfigError, match=r"write branches\.only\.stem\.size=\.\.\.\.$"):
        apply_settings({"branches": [{"id": "only"}]}, ["branches.stem.size=1"], Root)
    # without a model the tree alone tells
    with pytest.raises(ConfigError, match=r"write branches\.only\.stem\.size=\.\.\.\.$"):
        apply_settings({"branches": [{"id": "only"}]}, ["branches.stem.size=1"])


@pytest.mark.parametrize(
    ("tree", "said"),
    [
        ({"branches": [{"id": "a", "size": 1}]},
         r"no key 'branches\.a\.size'\. Did you mean 'branches\.a\.stem\.size'\?"),
        ({"branches": [{"id": "a"}], "stem": {}}, r"Did you mean 'branches\.a\.stem'\?"),
        ({"branches": [{"id": "a"}, {"id": "b"}], "stem": {}}, r"mean 'branches\.ID\.stem'\?"),
        ({"branches": {"a": {"weight": 1}}}, r"'branches' is a list of entries, and there are"),
    ],
)  # fmt: skip
def test_a_key_in_a_wrong_place_is_met_with_its_own(tree: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        validate(Root, tree, "study.toml")


def test_profiles_lie_over_the_file() -> None:
    tree = {
        "leaf": {"size": 2},
        "leaves": [{"id": "a", "size": 1}],
        "profiles": {"smoke": {"leaf": {"size": 9}, "leaves": [{"id": "a", "size": 7}]}},
    }
    assert apply_profile(tree, None, FILE) == {
        "leaf": {"size": 2},
        "leaves": [{"id": "a", "size": 1}],
    }
    assert apply_profile(tree, "smoke", FILE)["leaves"] == [{"id": "a", "size": 7}]
    with pytest.raises(ConfigError, match=r"no profile 'smok'\. Did you mean 'smoke'"):
        apply_profile(tree, "smok", FILE)


def test_several_profiles_are_laid_in_their_order() -> None:
    small, large = {"leaf": {"size": 1, "colour": "red"}}, {"leaf": {"size": 9}}
    tree = {"leaf": {"size": 2}, "profiles": {"small": small, "large": large}}
    assert apply_profile(tree, "small+large", FILE) == {"leaf": {"size": 9, "colour": "red"}}
    assert apply_profile(tree, "large+small", FILE) == {"leaf": {"size": 1, "colour": "red"}}
    with pytest.raises(ConfigError, match=r"no profile 'larg'\. Did you mean 'large'"):
        apply_profile(tree, "small+larg", FILE)


def test_a_table_over_a_list_goes_over_each_entry() -> None:
    tree = {"leaves": [{"id": "a", "leaf": {"size": 2}}, {"id": "b"}]}
    assert merge(tree, {"leaves": {"leaf": {"size": 9}}}) == {
        "leaves": [{"id": "a", "leaf": {"size": 9}}, {"id": "b", "leaf": {"size": 9}}]
    }


def test_lists_of_values_are_replaced() -> None:
    assert merge({"a": [1, 2]}, {"a": [3]}) == {"a": [3]}


@pytest.mark.parametrize(
    ("tree", "said"),
    [
        ({"leaf": {"sizes": 1}}, "no key 'leaf.sizes'. Did you mean 'size'"),
        ({"leafs": {}}, "no key 'leafs'. Did you mean 'leaf'"),
        ({"leaves": [{"siz": 1}]}, "no key 'leaves.0.siz'. Did you mean 'size'"),
        ({"named": {"x": {"siz": 1}}}, "no key 'named.x.siz'. Did you mean 'size'"),
        ({"leaf": {"size": "big"}}, "'leaf.size'.*integer.*'big'"),
    ],
)
def test_complaints_name_the_key(tree: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        validate(Root, tree, "study.toml")


class Named(BaseModel):
    id: Annotated[str, Field(pattern=NAME)] = "a"
    tag: Annotated[str, Field(pattern=TAG)] = "de"
    culture: Annotated[str, Field(pattern=CULTURE)] = "CHN"


@pytest.mark.parametrize("key", Named.model_fields)
def test_a_name_is_complained_of_in_words(key: str) -> None:
    with pytest.raises(ConfigError, match=rf"'{key}': expected [^\^]+ \(given: 'a b'\)"):
        validate(Named, {key: "a b"}, "study.toml")


def test_files_that_are_none(tmp_path: Path) -> None:
    (tmp_path / "good.toml").write_text("a = 1")
    (tmp_path / "bad.toml").write_text("a = = 1")
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe\x00")
    assert read_toml(tmp_path / "good.toml") == {"a": 1}
    with pytest.raises(ConfigError, match=r"no study file .*god.toml. Did you mean .*good.toml"):
        read_toml(tmp_path / "god.toml")
    for name in ("bad.toml", "binary.toml"):
        with pytest.raises(ConfigError, match="is not a TOML file"):
            read_toml(tmp_path / name)
    with pytest.raises(ConfigError, match="is a folder: give a study file"):
        read_toml(tmp_path)
