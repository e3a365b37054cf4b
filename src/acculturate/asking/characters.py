"""Characters: one form for those that differ in how they are written and not in what they say.

Wide letters and digits, the digits of other scripts, slanted apostrophes, and the traditional
characters of the words by which Chinese answers are read. Texts, option texts and cues are all
brought into this form before they are compared.

    >>> in_one_form("我選２"), in_one_form("٧"), in_one_form("don’t")
    ('我选2', '7', "don't")
"""

import unicodedata

QUOTES = dict.fromkeys("\u2018\u2019\u02bc\u00b4\u0060\u2032", "'")
# those of the cues and of the built-in options, each before its simplified form
TRADITIONAL = """
    並并 來来 個个 們们 備备 傾倾 價价 別别 動动 協协 參参 問问 國国 場场 壞坏 實实 寧宁 將将
    專专 尋寻 對对 屬属 幾几 從从 復复 愛爱 態态 應应 撥拨 擇择 數数 斷断 於于 時时 書书 會会
    東东 條条 業业 機机 權权 歲岁 決决 沒没 滿满 為为 爲为 無无 熱热 現现 當当 發发 碼码 種种
    絕绝 給给 經经 線线 編编 聯联 臺台 與与 號号 衆众 術术 見见 親亲 覺觉 觀观 討讨 評评 詢询
    話话 該该 認认 語语 說说 説说 談谈 請请 論论 諮咨 謂谓 識识 護护 變变 贊赞 較较 辦办 這这
    進进 運运 過过 選选 還还 鄰邻 醫医 間间 關关 陳陈 際际 難难 電电 項项 題题 願愿 體体 麼么
    點点 兩两 單单 歡欢 輕轻 嚴严 適适 確确 標标 稱称 轉转 況况 總总 終终 結结 據据
"""
FORMS = str.maketrans(QUOTES | {pair[0]: pair[1] for pair in TRADITIONAL.split()})


def in_one_form(text: str) -> str:
    """Return `text` with every character in the form that it is compared in."""
    text = simplified(unicodedata.normalize("NFKC", text))
    return text if text.isascii() else "".join(map(_digit, text))


def simplified(text: str) -> str:
    """Return `text` in simplified characters and with straight apostrophes; all others as
    they are.
    """
    return text.translate(FORMS)


def _digit(character: str) -> str:
    value = unicodedata.decimal(character, None)
    return character if value is None else str(value)
