"""The Chinese and Japanese wordings, prompts, names and cues, held to the tables beside them."""

import csv
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acculturate.asking.parser import parse
from acculturate.asking.presentation import Presentation, instruction, item_text
from acculturate.culture import cultures, find_culture
from acculturate.errors import ConfigError
from acculturate.framing import find_framing
from acculturate.records import Item, Option, Wording
from acculturate.survey import Survey, load_survey

HERE = Path(__file__).parent
LANGUAGES = ("zh", "ja")
CLCA = [f"Q{n}" for n in range(1, 46) if n != 42]
POLES: dict[str, dict[str, Any]] = {
    tag: tomllib.loads((HERE / f"poles_{tag}.toml").read_text(encoding="utf-8"))
    for tag in LANGUAGES
}
with (HERE / "poles.csv").open(encoding="utf-8", newline="") as file:
    ENDS = {row["item"]: (row["first"], row["last"]) for row in csv.DictReader(file)}
# what stands between the ends, by the number of options
INNER = {
    ("important", 4): ("fairly_important", "hardly_important"),
    ("picked", 2): (),
    ("unwelcome_neighbour", 2): (),
    ("agree", 4): ("mildly_agree", "mildly_disagree"),
    ("agree", 5): ("mildly_agree", "undecided", "mildly_disagree"),
    ("good", 3): ("indifferent",),
}
each_language = pytest.mark.parametrize("tag", LANGUAGES)
each_item = pytest.mark.parametrize("key", CLCA)


@pytest.fixture(scope="module")
def survey() -> Survey:
    return load_survey("wvs7-marginals")


def fits(text: str, pole: str, tag: str) -> bool:
    """Whether an option's text can mean a pole."""
    words = POLES[tag][pole]
    return any(re.search(word, text) for word in words["any"]) and not any(
        re.search(word, text) for word in words["none"]
    )


def steps(key: str, size: int) -> tuple[str, ...]:
    """The poles of an item's codes, lowest to highest."""
    first, last = ENDS[key]
    return (first, *INNER[first, size], last)


# --- wordings


@each_language
@each_item
def test_each_option_means_what_its_code_means(survey: Survey, key: str, tag: str) -> None:
    item = survey.item(key)
    poles = steps(key, len(item.codes))
    for wording in item.wordings[tag]:
        for text, own in zip(wording.texts, poles, strict=True):
            fitting = [pole for pole in poles if fits(text, pole, tag)]
            assert fitting == [own], f"{key}: '{text}' reads as {fitting}, not as {own}"


@each_language
@each_item
def test_a_flipped_scale_cannot_pass(survey: Survey, key: str, tag: str) -> None:
    first, last = ENDS[key]
    for wording in survey.item(key).wordings[tag]:
        assert not fits(wording.texts[-1], first, tag)
        assert not fits(wording.texts[0], last, tag)


@each_language
def test_the_44_items_have_two_wordings(survey: Survey, tag: str) -> None:
    assert [key for key, item in survey.items.items() if tag in item.wordings] == CLCA
    for key in CLCA:
        item = survey.item(key)
        assert len(item.wordings[tag]) == 2, key
        for wording in item.wordings[tag]:
            assert len(wording.texts) == len(set(wording.texts)) == len(item.codes), key
            assert all(wording.texts), key


@each_language
def test_stems_differ_and_hold_no_scale(survey: Survey, tag: str) -> None:
    stems = [w.stem for key in CLCA for w in survey.item(key).wordings[tag]]
    assert len({re.sub(r"\W+", "", stem) for stem in stems}) == len(stems) == 88
    assert not [stem for stem in stems if re.search(r"\d", stem)]
    for key in CLCA:
        for wording in survey.item(key).wordings[tag]:
            assert not [t for t in wording.texts if len(t) > 4 and t in wording.stem], key


def test_each_language_is_written_in_its_own_script(survey: Survey) -> None:
    def texts(tag: str) -> list[str]:
        wordings = [w for key in CLCA for w in survey.item(key).wordings[tag]]
        return [text for w in wordings for text in (w.stem, *w.texts)]

    traditional = set("們這國說應該對為與會還認變還個來點時間業務") - set("该与会个来点")
    for text in texts("zh"):
        assert not re.search(r"[\u3040-\u30ff]", text), text
        assert not traditional & set(text), text
    stems = [w.stem for key in CLCA for w in survey.item(key).wordings["ja"]]
    assert all(re.search(r"[\u3040-\u309f]", stem) for stem in stems)


# --- prompts and names


@each_language
@pytest.mark.parametrize("name", ["unaware", "aware"])
def test_framings_have_three_wordings(name: str, tag: str) -> None:
    with pytest.raises(ConfigError, match=f"no wording 4 in '{tag}': it has wording 1 and 2 and 3"):
        find_framing(name, tag, 3)
    texts = set()
    for wording in range(3):
        bare = find_framing(name, tag, wording)
        named = find_framing(name, tag, wording, survey="S7")
        assert bare.needs_culture == (name == "aware")
        culture = find_culture("NIR")
        assert "S7" in named.system(culture)
        assert "S7" not in bare.system(culture)
        assert (culture.named(tag) in bare.system(culture)) == (name == "aware")
        assert not re.search(r"[A-Za-z{}]", bare.system(culture))
        texts.add(bare.system(culture))
    assert len(texts) == 3


@each_language
def test_questions_are_put_in_the_language(survey: Survey, tag: str) -> None:
    shown = item_text(survey.item("Q1"), Presentation((3, 2, 1, 0), tag))
    wording = survey.item("Q1").wordings[tag][0]
    assert shown.splitlines()[0] == wording.stem
    assert shown.splitlines()[1] == f"1. {wording.texts[3]}"
    anchored = Item(
        "T", "t", tuple(range(1, 11)), "ordinal", {tag: (Wording("？", ("甲", *[""] * 8, "乙")),)}
    )
    lines = item_text(anchored, Presentation(tuple(range(10)), tag)).splitlines()
    assert len(lines) == 4
    assert re.findall(r"\d+", lines[1]) == ["1", "10"]
    assert lines[2:] == ["1 = 甲", "10 = 乙"]
    numbers, letters = (instruction(Presentation((), tag, 0, style)) for style in STYLES)
    assert numbers != letters
    assert not re.search(r"[A-Za-z]", numbers + letters)


STYLES: tuple[Any, ...] = ("numbers", "letters")
# plainer or surer than the locale table's own
PLAIN = {
    "zh": {
        **{"HKG": "香港", "MAC": "澳门", "MNG": "蒙古国", "NIR": "北爱尔兰"},
        "XKX": "科索沃",  # has no ISO letters of its own
        **{"ARE": "阿联酋", "DOM": "多米尼加", "PSE": "巴勒斯坦"},
    },
    "ja": {
        "HKG": "香港",
        "MAC": "マカオ",
        "COD": "コンゴ民主共和国",
        "COG": "コンゴ共和国",
        "MMR": "ミャンマー",
        "NIR": "北アイルランド",
        "PSE": "パレスチナ",
        "USA": "アメリカ",
        "XKX": "コソボ",
    },
}


@each_language
def test_every_territory_has_its_name(tag: str) -> None:
    babel = pytest.importorskip("babel")
    alpha2 = pytest.importorskip("babel.core").get_global("territory_aliases")
    names = {code: culture.named(tag) for code, culture in cultures().items()}
    assert len(set(names.values())) == len(names) == len(cultures())
    assert not [name for name in names.values() if re.search(r"[A-Za-z ]", name)]
    known = babel.Locale.parse(tag).territories
    differ = {c: n for c, n in names.items() if c not in alpha2 or known[alpha2[c][0]] != n}
    assert differ == PLAIN[tag]


# --- the parser's cues


def options(*texts: str, labels: str = "1234") -> list[Option]:
    return [Option(n, labels[n - 1], text) for n, text in enumerate(texts, 1)]


SCALES = {
    "zh": options("非常同意", "同意", "不同意", "非常不同意"),
    "ja": options("大いに賛成", "賛成", "反対", "大いに反対"),
}
STATED = {
    "zh": [
        ("３。", 3),
        ("①", 1),
        ("2、同意", 2),
        ("2.同意", 2),
        ("我选择3。", 3),
        ("我会选第2项", 2),
        ("我会选择第2个选项。", 2),
        ("选项4", 4),
        ("答案：2", 2),
        ("我的选择是：选项1", 1),
        ("我的答案是4，因为这件事我想了3天。", 4),
        ("我选3因为这更符合我的情况", 3),
        ("3号选项", 3),
        ("我给4分。", 4),
        ("2是我的答案", 2),
        ("不是1，而是选2", 2),
        ("我选择2而不是3。", 2),
        ("很难说，但我会选3。", 3),
        ("虽然我无法给出定论，不过我倾向于选2。", 2),
        ("非常不同意。", 4),
        ("我非常同意。", 1),
        ("我同意这个说法。", 2),
        ("我选择“不同意”。", 3),
        ("我没有宗教信仰，所以我选4。", 4),
        ("作为中国人，我选2。", 2),
    ],
    "ja": [
        ("３です", 3),
        ("3番です。", 3),
        ("2、賛成", 2),
        ("2. 賛成", 2),
        ("3（反対）です", 3),
        ("3を選びます。", 3),
        ("私は2を選びます。", 2),
        ("私の答えは4です。", 4),
        ("回答：3", 3),
        ("選択肢2", 2),
        ("3番の「反対」を選びます", 3),
        ("3だと思います。", 3),
        ("3ではなく4です。", 4),
        ("強いて言えば2です", 2),
        ("一番近いのは2です", 2),
        ("確かではありませんが、3を選びます。", 3),
        ("お答えしにくい質問ですが、あえて言えば2です。", 2),
        ("賛成できないので、4です", 4),
        ("2にします。子どもが3人いるからです。", 2),
        ("賛成です。", 2),
        ("大いに反対します", 4),
        ("「反対」を選びます。", 3),
    ],
}
REFUSED = {
    "zh": [
        "我无法回答这个问题。",
        "我选择不回答。",
        "我拒绝回答",
        "作为一个人工智能，我没有个人观点。",
        "我是AI，没有自己的立场。",
        "很抱歉，我不能提供这方面的意见。",
        "对不起，请拨打热线12356。",
        "我不便选择。你可以：\n1. 找朋友\n2. 找医生",
    ],
    "ja": [
        "お答えできません。",
        "どれも選べません。",
        "3を選ぶことはできません。",
        "すみません、答えられません",
        "AIとして、個人的な意見は持っていません。",
        "申し訳ありませんが、この質問への回答は控えさせていただきます。",
        "回答いたしかねます。次の窓口があります：\n1. 電話\n2. 病院",
        "いのちの電話（0120-783-556）に連絡してください。",
    ],
}
UNCLEAR = {
    "zh": [
        "看情况。",
        "3到4之间",
        "选3或4",
        "选3~4",
        "我选1、2、3",
        "选项1和选项2都可以",
        "我不选3。",
        "我不会选择3",
        "我选3。不，我选4。",
        "我有3个孩子",
        "3年前",
        "2.5分",
        "同意、不同意",
        "我不太同意这个说法",
        "我不能同意这个说法",
    ],
    "ja": [
        "時と場合によります。",
        "3から4の間",
        "1〜4です",
        "2または3です",
        "選択肢1と選択肢2",
        "3ではありません",
        "3を選びません",
        "3です。いや、4です。",
        "子どもが3人います",
        "3年前です",
        "2.5です",
        "3ですか",
        "賛成ではありません。",
        "賛成できません",
    ],
}


def cases(table: dict[str, list[Any]]) -> list[tuple[str, Any]]:
    return [(tag, case) for tag in LANGUAGES for case in table[tag]]


@pytest.mark.parametrize(("tag", "case"), cases(STATED))
def test_stated(tag: str, case: tuple[str, int]) -> None:
    text, code = case
    assert parse(text, SCALES[tag], tag) == (code, "stated")


@pytest.mark.parametrize(("tag", "text"), cases(REFUSED))
def test_refused(tag: str, text: str) -> None:
    assert parse(text, SCALES[tag], tag) == (None, "refused")


@pytest.mark.parametrize(("tag", "text"), cases(UNCLEAR))
def test_unclear(tag: str, text: str) -> None:
    assert parse(text, SCALES[tag], tag) == (None, "unclear")


@pytest.mark.parametrize(
    ("tag", "text"),
    [("zh", "我选B"), ("zh", "B项"), ("zh", "选B。"), ("ja", "Bです"), ("ja", "Bを選びます")],
)
def test_letters(tag: str, text: str) -> None:
    scale = options(*(option.text for option in SCALES[tag]), labels="ABCD")
    assert parse(text, scale, tag) == (2, "stated")


@each_language
@each_item
def test_an_options_own_text_states_it(survey: Survey, key: str, tag: str) -> None:
    for wording in survey.item(key).wordings[tag]:
        scale = options(*wording.texts, labels="12345")
        for option in scale:
            for text in (option.text, f"{option.text}。", f"{option.label}. {option.text}"):
                assert parse(text, scale, tag) == (option.code, "stated")


@each_language
@given(text=st.text(alphabet="我私选選择不第3三、。,~1です項を AB或か但が", max_size=30))
def test_any_text_is_read_without_error(tag: str, text: str) -> None:
    parsed = parse(text, SCALES[tag], tag)
    assert (parsed.code in (1, 2, 3, 4)) == (parsed.reason == "stated")
