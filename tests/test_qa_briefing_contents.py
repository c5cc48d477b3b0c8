"""What a superior would send back: totals that differ unsaid, one name for two numbers, a point of nobody's, a table cut short, loose alternatives."""

import re

import pytest

from qa.briefing.figure_rows import newest_first, told_apart
from qa.briefing.figures import FoundFigure, sentence_figures
from qa.briefing.gather import gather
from qa.briefing.paper_size import overfull
from qa.briefing.plan import questions_of
from qa.briefing.points import EVENT
from qa.briefing.topic import topic_of
from tests.briefing_fixtures import drafted, searcher

BUDGET, COMPARED, WIFI = "韓国自治体のデジタル投資の予算と数値", "ソウル市と光州市の産業・雇用政策の比較", "公共Wi-Fiと公衆無線LAN"
FOREIGNERS = "ソウル特別市の外国人・外国企業支援策"


def figure(item: str, value: str, as_of: str, action: str = "", group: str = "博覧会") -> FoundFigure:
    return FoundFigure(searcher().document(next(iter(searcher().infos))), (0, 1), None, group, item, value, "社", as_of, action)


def test_totals_that_differ_within_one_document_are_told():
    briefing = drafted(BUDGET)
    told = [c for c in briefing.cautions if c.kind == "differs"]
    assert any("総額" in c.text and "7兆ウォン以上" in c.text and "約7~8兆ウォン" in c.text for c in told)
    quotes = {c.n: c.quote for c in briefing.citations}
    assert all(len(c.citations) == 2 and all(re.search(r"7", quotes[n]) for n in c.citations) for c in told)


def test_money_is_an_amount_of_something_never_of_a_company():
    assert "SKグループ" not in {f.item for f in drafted(BUDGET).figures}
    topic = topic_of(BUDGET, searcher())
    found = [f for m in gather(topic, questions_of(topic), (), searcher()).materials for f in sentence_figures(m) if "ウォン" in f.unit]
    assert len(found) >= 3
    assert not [f.item for f in found if f.item.endswith(("グループ", "社", "市", "道"))]


def test_rows_of_one_name_say_what_sets_them_apart():
    told = told_apart([figure("企業", "77", "2018年", "育成"), figure("企業", "20", "2018年", "募集"), figure("企業", "5", "2018年", "誘致", "別の主題")])
    assert [f.item for f in told] == ["企業(育成)", "企業(募集)", "企業"]
    rows = [(f.group, f.item, f.unit, f.as_of) for f in drafted(FOREIGNERS).figures]
    assert len(rows) == len(set(rows))


def test_the_newest_of_several_years_comes_first_and_the_others_keep_their_places():
    figures = [figure("企業", "49", "2015年"), figure("人", "5", "2018年(資料)"), figure("企業", "63", "2016年"), figure("人", "6", "2019年(資料)")]
    assert [f.value for f in newest_first(figures)] == ["63", "5", "49", "6"]


def test_a_comparison_tells_whose_each_point_is_and_when_its_documents_are():
    briefing = drafted(COMPARED)
    issuers = {c.n: c.issuer for c in briefing.citations}
    for section in briefing.sections[:1]:
        for statement in section.statements:
            assert issuers[statement.citations[0]][:2] in statement.text or issuers[statement.citations[0]].startswith("CLAIR"), statement.text
    assert briefing.comparison
    dates = briefing.comparison.rows[-1]
    counted = [sum(int(n) for n in re.findall(r"の(\d+)件", "".join(s.text for s in cell))) for cell in dates.cells]
    assert dates.aspect == "資料の時点"
    assert counted == [len({c.document_id for c in briefing.citations if c.issuer == place}) for place in briefing.places]
    assert not overfull(briefing)


def test_a_table_carries_a_paper_and_stands_whole():
    briefing = drafted(WIFI)
    assert not briefing.refused
    assert {f.value for f in briefing.figures} >= {"34,363", "7,380", "1,668"}
    assert any("34,363台" in s.text for s in briefing.statements)
    assert any("「公衆無線LAN」" in c.text for c in briefing.cautions)


def test_notices_stand_behind_measures():
    themes = [s for s in drafted(FOREIGNERS).sections if s.kind == "theme"]
    assert themes
    assert not any(all(re.search(r"募集(する|します)。$", s.text) for s in theme.statements) for theme in themes)
    assert EVENT.search("入居する企業を募集する。")


@pytest.mark.parametrize("topic, word", [("大阪市の観光政策", "観光"), ("子育て支援策", "支援策"), ("公共Wi-Fiと量子コンピューター", "Wi-Fi")])
def test_what_exists_instead_shares_words_and_says_which(topic, word):
    briefing = drafted(topic)
    assert briefing.refused
    assert all(f"「{word}」" in title for title in briefing.instead)
    for title in briefing.instead:
        info = next(i for i in searcher().infos.values() if i.title in title)
        assert word in searcher().document(info.id).text


def test_where_nothing_is_shared_a_few_titles_are_named_without_a_claim():
    briefing = drafted("火星の有人探査計画")
    assert 1 <= len(briefing.instead) <= 3
    assert not any("の記載)" in title for title in briefing.instead)
    assert "子育て支援" in (drafted("子育て支援策").reason or "")
