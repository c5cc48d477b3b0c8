"""Groups that a question is restricted to."""

import pytest

from qa.restriction import missing_restriction

OF_ALL = "リモートワークの運用率: 19%"
BY_INDUSTRY = "情報通信業:98%、金融・保険業:96.3%、農林水産業:43.5%"
BY_SIZE = "10~49人:68%、50~249人:63%、250人以上:64.9%"


@pytest.mark.parametrize(
    ("question", "text", "missing"),
    [
        ("製造業の利用率は?", BY_INDUSTRY, "製造業"), ("農林水産業の利用率は?", BY_INDUSTRY, None), ("この事業に参加した企業の業種は?", OF_ALL, None), ("産業団地と創業支援の件数は", OF_ALL, None),
        ("5人未満の会社の運用率は?", OF_ALL, "5人未満"), ("250人以上の会社では?", BY_SIZE, None), ("1,000人以上の企業では?", BY_SIZE, "1,000人以上"), ("30代の参加者は何人?", OF_ALL, "30代"),
        ("上半期の応募数は?", "下半期は120チームが応募した。", "上半期"), ("上半期の応募数は?", "120チームが応募した。", None), ("女性の受講者は何人?", "男性の受講者は40人である。", "女性"),
        ("上半期と下半期の応募数は?", "下半期は120チームが応募した。", None), ("中学生の定員は?", "高校生の定員は30人とする。", "中学"), ("初代代表は誰ですか", OF_ALL, None),
        ("台数のうち図書館にあるものは?", "市内バス: 7,380台", "図書館"), ("台数のうち公園にあるものは?", "公園・河川: 4,156台", None), ("参加者のうち何人が入社しましたか", OF_ALL, None),
    ],
)  # fmt: skip
def test_a_group_has_to_be_spoken_of(question: str, text: str, missing: str | None) -> None:
    assert missing_restriction(question, text) == missing
