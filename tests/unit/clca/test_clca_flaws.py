"""What an adapted scenario must satisfy, in five languages: good ones pass, each flaw is named."""

# ruff: noqa: E501 - a text of a scenario stands on one line

from dataclasses import replace
from typing import Any

import pytest

from acculturate.clca.scenarios.flaws import flaw_in, is_foreign
from acculturate.clca.scenarios.names import Kinship
from acculturate.clca.scenarios.scenario import Character, Scenario

LANGUAGES = ("en", "de", "es", "zh", "ja")


def scenario(language: str, setting: str, *people: tuple[str, ...]) -> Scenario:
    first, second = (Character(*person) for person in people)
    turns_on = {"en": "Whether relatives must be invited.", "zh": "亲戚是不是非请不可。"}
    return Scenario(
        "t/XXX/en/1", "t", 0, "family", "XXX", language, setting,
        turns_on.get(language, turns_on["en"]), first, second, True,
    )  # fmt: skip


BASES = {
    "en": scenario(
        "en",
        "James Walker and Lucy Walker, siblings, sit at their parents' kitchen table with a list of wedding guests that is far too long.",
        ("James Walker", "shop assistant", "The elder of the two, who keeps in touch with all cousins.", "To get every relative invited, so that nobody is offended.", "Has already promised an invitation to an uncle whom Lucy Walker cannot stand."),
        ("Lucy Walker", "nurse", "The younger of the two, who pays for the wedding.", "To keep the party to forty people who really matter.", "Has run out of money and has told nobody."),
    ),
    "de": scenario(
        "de",
        "Die Geschwister Jonas Weber und Lena Weber sitzen am Küchentisch ihrer Eltern vor einer viel zu langen Gästeliste für die Hochzeit.",
        ("Jonas Weber", "Verkäufer", "Hält den Kontakt zu allen Tanten und Vettern.", "Alle Verwandten sollen eingeladen werden, damit niemand gekränkt ist.", "Hat einem Onkel, den Lena Weber nicht ausstehen kann, schon eine Einladung versprochen."),
        ("Lena Weber", "Krankenschwester", "Bezahlt die Hochzeit vom Ersparten.", "Das Fest auf vierzig Menschen beschränken.", "Hat kein Geld mehr und es niemandem gesagt."),
    ),
    "es": scenario(
        "es",
        "Los hermanos Luis García y Rosa García están en la cocina de sus padres con una lista de invitados demasiado larga.",
        ("Luis García", "dependiente", "Mantiene el trato con todos los primos.", "Que se invite a todos los parientes para que nadie se ofenda.", "Ya le prometió una invitación a un tío al que Rosa García no soporta."),
        ("Rosa García", "enfermera", "Paga la boda con sus ahorros.", "Que sean solo cuarenta personas.", "Se quedó sin dinero y no se lo ha dicho a nadie."),
    ),
    "zh": scenario(
        "zh",
        "兄妹李伟和李敏坐在父母家的餐桌旁，面前是一份长得过分的婚礼宾客名单。",
        ("李伟", "店员", "两人中年长的一个，与所有亲戚都有来往。", "让每个亲戚都收到请帖，免得有人不高兴。", "已经答应请一位李敏受不了的叔叔。"),
        ("李敏", "护士", "自己攒钱办婚礼。", "只请四十个真正要紧的人。", "钱已经花光了，谁也没告诉。"),
    ),
    "ja": scenario(
        "ja",
        "兄妹の佐藤健と佐藤美咲は、実家の食卓で長すぎる披露宴の招待客名簿を前にしている。",
        ("佐藤健", "店員", "親戚みんなと連絡を取り合っている。", "誰も気を悪くしないよう、親戚を全員招きたい。", "佐藤美咲が苦手な叔父をもう招くと約束した。"),
        ("佐藤美咲", "看護師", "貯金で式の費用を払う。", "本当に大切な四十人だけにしたい。", "お金が尽きたことを誰にも言っていない。"),
    ),
}  # fmt: skip
GOOD = {
    "en": scenario(
        "en",
        "Chinedu Okafor and his sister Adaeze go through the guest list for her traditional wedding in their father's compound in Enugu.",
        ("Chinedu Okafor", "spare parts dealer", "First son, speaks for the family at the umunna's meetings.", "To have the whole umunna invited, down to the last household.", "Took money from an uncle and promised him the high table."),
        ("Adaeze Okafor", "bank clerk", "Has planned the day with her fiancé for a year.", "To feed a hundred guests and not five hundred.", "Has pawned her gold to pay the caterer."),
    ),
    "de": scenario(
        "de",
        "Mehmet und seine Schwester Elif Yılmaz gehen im Wohnzimmer der Mutter in Köln-Ehrenfeld die Liste für Elifs Verlobungsfeier durch.",
        ("Mehmet Yılmaz", "Fahrlehrer", "Fährt jeden Sommer ins Dorf und kennt dort jede Familie.", "Auch die Nachbarn aus dem Dorf müssen dabei sein.", "Hat im Teehaus schon hundert Leute eingeladen."),
        ("Elif Yılmaz", "Apothekerin", "Will in einem kleinen Restaurant am Rhein feiern.", "Höchstens dreißig Gäste bewirten.", "Hat den Saal heimlich abbestellt."),
    ),
    "es": scenario(
        "es",
        "Guadalupe y su hermano Javier Ortega revisan en el patio de la casa de Puebla quiénes irán a la fiesta de quince años.",
        ("Guadalupe Ortega", "maestra de primaria", "Es la madrina de medio barrio.", "Que vengan también los compadres de San Martín.", "Le debe un favor grande a la comadre Chayo."),
        ("Javier Ortega", "contador", "Lleva las cuentas de la familia.", "Gastar menos de lo que costó la fiesta anterior.", "Empeñó el coche sin avisar."),
    ),
    "zh": scenario(
        "zh",
        "姐弟俩王芳和王强在成都老家的院子里商量王强的喜酒到底摆多少桌。",
        ("王芳", "茶馆老板", "家里的大姐，过年过节都是她张罗。", "把街坊和老同事一个不落地请来。", "收了舅舅的礼金，还没跟家里说。"),
        ("王强", "软件工程师", "在深圳上班，请了三天假回来。", "简简单单吃顿饭就行。", "其实已经在外地领了证。"),
    ),
    "ja": scenario(
        "ja",
        "兄の田中誠と妹の田中陽子が、京都の町家で法事に呼ぶ人を相談している。",
        ("田中誠", "和菓子職人", "長男として店と墓を継いだ。", "遠い親類にも残らず声をかけたい。", "叔母から香典を先に受け取っている。"),
        ("田中陽子", "編集者", "東京で一人暮らしをしている。", "家族だけの静かな会にしたい。", "会社を辞めたばかりだ。"),
    ),
}  # fmt: skip


def flaw(changed: Scenario, language: str, told: str = "", kinship: Kinship = "siblings") -> str:
    return flaw_in(changed, BASES[language], language, told, kinship)


def changed(good: Scenario, **over: Any) -> Scenario:
    """A scenario with other fields: `first_goal="..."` is a person's."""
    people = {"first": good.first, "second": good.second}
    for key, text in over.items():
        slot, _, part = key.partition("_")
        if part:
            people[slot] = replace(people[slot], **{part: text})
    setting: str = over.get("setting", good.setting)
    return replace(good, first=people["first"], second=people["second"], setting=setting)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_scenario_that_was_really_adapted_has_no_flaw(language: str) -> None:
    assert flaw(GOOD[language], language) == ""
    assert flaw(GOOD[language], language, kinship="") == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_situation_with_a_letter_more_is_unchanged(language: str) -> None:
    base = BASES[language]
    assert flaw(base, language) == "unchanged"
    goal = base.first.goal
    for almost in (goal[:-1] + "s.", goal[:4] + goal[5:], goal + "!"):
        assert flaw(changed(base, first_goal=almost, setting=base.setting + "."), language)
    other = changed(GOOD[language], setting=base.setting)
    for slot, who in zip(("first", "second"), base.pair, strict=True):
        other = changed(other, **{f"{slot}_name": who.name})
    assert flaw(other, language) == "setting unchanged"


@pytest.mark.parametrize("language", LANGUAGES)
def test_new_names_on_the_people_alone_are_no_adaptation(language: str) -> None:
    base, good = BASES[language], GOOD[language]
    named = changed(base, first_name=good.first.name, second_name=good.second.name)
    assert flaw(named, language) == "old names left"
    for slot in ("first", "second"):
        for part in ("goal", "secret", "background"):
            text = f"{getattr(good, slot).goal} {base.second.name}"
            assert flaw(changed(good, **{f"{slot}_{part}": text}), language) == "old names left"
    strangers = good.setting
    for who in good.pair:
        for part in (who.name, who.name[:2], *who.name.split()):
            strangers = strangers.replace(part, "Zoltan")
    assert flaw(changed(good, setting=strangers), language) == "the setting does not name both"


@pytest.mark.parametrize("language", LANGUAGES)
def test_new_names_throughout_and_nothing_else_are_no_adaptation(language: str) -> None:
    base, good = BASES[language], GOOD[language]
    pairs = [(old.name, new.name) for old, new in zip(base.pair, good.pair, strict=True)]

    def renamed(text: str) -> str:
        for old, new in pairs:
            text = text.replace(old, new)
        return text

    over = {"setting": renamed(base.setting)}
    for slot in ("first", "second"):
        for part in ("name", "background", "goal", "secret"):
            over[f"{slot}_{part}"] = renamed(getattr(getattr(base, slot), part))
    copied = changed(base, **over)
    assert flaw(copied, language) == "unchanged"
    assert flaw(changed(copied, first_occupation=good.first.occupation), language) == "unchanged"


def test_a_title_with_an_old_family_name_is_found() -> None:
    good = changed(GOOD["zh"], first_goal="让李先生把街坊都请来。")
    assert flaw(good, "zh") == "old names left"
    good = changed(GOOD["ja"], first_goal="佐藤さんにも残らず声をかけたい。")
    assert flaw(good, "ja") == "old names left"


@pytest.mark.parametrize("language", ["de", "es", "zh", "ja"])
@pytest.mark.parametrize("part", ["goal", "secret", "background", "occupation"])
def test_a_field_left_in_english_is_found(language: str, part: str) -> None:
    english = getattr(BASES["en"].second, part)
    left = changed(GOOD[language], **{f"second_{part}": english})
    if (part, language) in {("occupation", "de"), ("occupation", "es")}:
        return  # one word: "nurse" has no sign of its language
    assert flaw(left, language) == "wrong language"


def test_a_setting_in_another_language_is_found() -> None:
    for language in LANGUAGES:
        for other in LANGUAGES:
            if other != language:
                texts = [BASES[other].first.goal, BASES[other].second.secret]
                assert any(is_foreign(text, language) for text in texts), (language, other)
    assert not is_foreign("Verdient als IT-Berater bei SAP genug.", "de")
    assert not is_foreign("在 Starbucks 做店员，每天加班。", "zh")


@pytest.mark.parametrize("goal", ["To stay.", "The job abroad.", "Has told nobody."])
@pytest.mark.parametrize("language", ["de", "es", "zh", "ja"])
def test_a_short_goal_in_english_is_found(goal: str, language: str) -> None:
    assert flaw(changed(GOOD[language], first_goal=goal), language) == "wrong language"


@pytest.mark.parametrize(
    ("goal", "language"),
    [
        ("To get back 面子 before the guests leave.", "en"),
        ("To be told の truth at last.", "en"),
        ("Will vor den Gästen das 面子 wahren.", "de"),
        ("Quiere que nadie sepa la правда antes de la boda.", "es"),
        ("希望在客人走之前 keep the 面子，不让母亲知道。", "zh"),
        ("客が帰る前に keep her 面子を取り戻したいと思っている。", "ja"),
    ],
)
def test_words_in_another_script_are_found(goal: str, language: str) -> None:
    assert flaw(changed(GOOD[language], first_goal=goal), language) == "wrong language"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("To hand over the red envelope (红包) in time.", "en"),
        ("To learn what “面子” means to the family.", "en"),
        ("Möchte die Nº 3 am Bahnhof von Łódź treffen.", "de"),
        ("在 Burger King 门口等一个从 IT 公司来的朋友。", "zh"),
        ("毎朝SNSを見てから会社へ行く。", "ja"),
    ],
)
def test_glosses_names_and_abbreviations_are_in_their_language(text: str, language: str) -> None:
    assert not is_foreign(text, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_over_and_over_are_no_content(language: str) -> None:
    again = {"zh": "喝茶喝茶喝茶喝茶喝茶", "ja": "お茶お茶お茶お茶お茶お茶"}.get(
        language, "tea tea tea tea tea"
    )
    names = " ".join(person.name for person in GOOD[language].pair)
    for over in ({"first_goal": again}, {"setting": f"{names} {again} {again}"}):
        assert flaw(changed(GOOD[language], **over), language) == "fields without content"


def test_what_stays_as_it_was_shown_in_english_is_found() -> None:
    base = changed(BASES["en"], second_occupation="retired miner")
    german = changed(GOOD["de"], second_occupation="retired miner")
    assert flaw_in(german, base, "de") == "wrong language"


@pytest.mark.parametrize(
    "slot",
    ["[NAME]", "[city]", "{city}", "{first}", "<place>", "<...>", "XX", "XXX", "____", "【姓名】",
     "（地点）", "XX市", "在XX街", "〇〇さん", "＿＿＿", "＜名前＞", "CITY", "first_name", "Frau M.",
     "(insert city)", "Mr X", "insert name", "$city", "某某", "○○", "%s", "TBD"],
)  # fmt: skip
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_slot_left_in_is_found(slot: str, language: str) -> None:
    good = GOOD[language]
    for over in (
        {"setting": f"{good.setting} {slot}"},
        {"second_goal": f"{slot} {good.second.goal}"},
    ):
        assert flaw(changed(good, **over), language) == "a slot left in"


def test_a_century_is_no_slot() -> None:
    good = changed(GOOD["es"], first_background="Vive en una casa del siglo XX.")
    assert flaw(good, "es") == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_setting_is_a_setting(language: str) -> None:
    good = GOOD[language]
    for setting in ("A", "Setting", good.first.goal, good.second.secret, good.tension):
        assert flaw(changed(good, setting=setting), language) in ("no setting", "wrong language")


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_people_are_two(language: str) -> None:
    good = GOOD[language]
    same = {"first_name": good.second.name}
    assert "both characters" in flaw(changed(good, **same), language)
    for name in ("Person A", "first", "A", "甲", "Name", good.first.occupation):
        assert flaw(changed(good, first_name=name), language) == "a character has no name"
    one_goal = changed(good, first_goal=good.second.goal)
    assert flaw(one_goal, language) == "fields repeat each other"
    assert flaw(changed(good, first_secret=good.first.goal), language) == "fields repeat each other"
    assert flaw(changed(good, first_goal="A"), language) in (
        "fields without content",
        "wrong language",
    )


def test_part_of_a_name_is_no_other_person() -> None:
    good = changed(GOOD["en"], second_name="Okafor")
    assert flaw(good, "en") == "both characters have one name"


@pytest.mark.parametrize(
    ("language", "setting"),
    [
        ("en", "Chinedu Okafor and Adaeze Okafor, strangers, share a bench at the bus park in Enugu."),
        ("de", "Mehmet und Elif Yılmaz warten als Fremde am Bahnhof in Köln auf denselben Zug."),
        ("es", "Guadalupe y Javier Ortega esperan sin conocerse el camión en la central de Puebla."),
        ("zh", "素不相识的王芳和王强在成都的车站等同一趟车。"),
        ("ja", "見知らぬ田中誠と田中陽子が京都の駅で同じ電車を待っている。"),
    ],
)  # fmt: skip
def test_siblings_stay_siblings(language: str, setting: str) -> None:
    plain = {
        "en": "Lives on the other side of town.", "de": "Wohnt am anderen Ende der Stadt.",
        "es": "Vive al otro lado de la ciudad.", "zh": "住在城市的另一头。", "ja": "町の反対側に住んでいる。",
    }  # fmt: skip
    own = changed(GOOD[language], setting=setting, first_background=plain[language])
    assert flaw(own, language) == "relationship lost"


def test_friends_stay_friends() -> None:
    base = changed(BASES["en"], setting=BASES["en"].setting.replace("siblings", "old friends"))
    lost = "Chinedu Okafor and Adaeze Okafor haggle over the price of yams at a stall in Enugu."
    good = changed(GOOD["en"], setting=lost)
    assert flaw_in(good, base, "en") == "relationship lost"
    kept = changed(good, first_background="A friend of hers since primary school.")
    assert flaw_in(kept, base, "en") == ""


def test_the_prompts_own_words_are_no_scenario() -> None:
    told = "Set it in Nigeria. Give both people names that are usual there, two different ones."
    good = GOOD["en"]
    echo = changed(good, first_goal="Give both people names that are usual there in the town.")
    assert flaw(echo, "en", told) == "echo of the prompt"
    told = "请把它改写成发生在中国的情境。给两个人取当地常见的、各不相同的名字。"
    echo = changed(GOOD["zh"], first_goal="给两个人取当地常见的、各不相同的名字。")
    assert flaw(echo, "zh", told) == "echo of the prompt"
