"""Which lines of a page belong together: wrapped ones are joined, all others stay."""

from pdf_fixtures import FONT, Draw, lines, pdf, together
from reportlab.pdfgen.canvas import Canvas

from ingest.pdf.pdf import read_pdf
from ingest.pdf.wrapping import paragraphs


def said(*parts: Draw) -> list[str]:
    """The paragraphs of a page."""
    (page,) = read_pdf(pdf(together(*parts)), "a.pdf").pages
    return [paragraph.text for paragraph in paragraphs(page)]


def test_a_wrapped_paragraph_is_one_line_without_blanks() -> None:
    assert said(lines(["　札幌市は二〇二四年の春に、古い図書館を建て替え", "ると発表した。工事は来年の春に始まり、二年ほどか", "かる見込みである。"])) == ["札幌市は二〇二四年の春に、古い図書館を建て替えると発表した。工事は来年の春に始まり、二年ほどかかる見込みである。"]


def test_an_indented_line_opens_a_paragraph_even_behind_a_full_one() -> None:
    first = "　札幌市は二〇二四年の春に、古い図書館を建て直す。"
    assert said(lines([first, "　工事は来年の春に始まり、それから二年ほどかかる見", "込みである。"])) == [first.strip(), "工事は来年の春に始まり、それから二年ほどかかる見込みである。"]


def test_items_stay_apart_and_their_hanging_lines_are_joined() -> None:
    found = said(lines(["・札幌市は二〇二四年の春に、古い図書館を建て替え", "　ると発表した。", "・工事は来年の春に始まり、二年ほどかかる見込みで", "　ある。", "① 問い合わせ", "② 申し込み", "※ 雨の日は中止"]))
    assert found == ["・札幌市は二〇二四年の春に、古い図書館を建て替えると発表した。", "・工事は来年の春に始まり、二年ほどかかる見込みである。", "① 問い合わせ", "② 申し込み", "※ 雨の日は中止"]


def test_a_number_at_the_beginning_of_a_wrapped_line_opens_nothing() -> None:
    above = "次のいずれかに当たるときは、条例の定めにより①二十"
    assert said(lines([above, "歳未満の者を除き、市民の中から選んだ者に限り、また", "②職員の立ち会いを条件として、これを認める。"])) == [above + "歳未満の者を除き、市民の中から選んだ者に限り、また②職員の立ち会いを条件として、これを認める。"]


def test_short_lines_of_a_slide_stay_lines() -> None:
    shown = ["施策の目的", "地域の足を守る取組", "令和五年度の補正予算", "事業の概要と今後"]
    assert said(lines(shown)) == shown


def test_rows_with_columns_stay_rows() -> None:
    def table(canvas: Canvas) -> None:
        canvas.setFont(FONT, 12)
        for n, (name, share) in enumerate((("営業職員", "対面で販売"), ("保険代理店", "対面で販売"), ("その他", "通信販売など"))):
            canvas.drawString(72, 700 - 18 * n, name)
            canvas.drawRightString(300, 700 - 18 * n, share)

    assert said(table) == ["営業職員 対面で販売", "保険代理店 対面で販売", "その他 通信販売など"]


def test_a_word_cut_in_a_narrow_column_is_made_whole() -> None:
    assert said(lines(["スプリントプラ", "ンニング"])) == ["スプリントプランニング"]
    assert said(lines(["公共交通事業者", "運行会社"])) == ["公共交通事業者", "運行会社"]


def test_a_date_below_a_number_is_no_word() -> None:
    assert said(lines(["薬生薬審発０３１０第１号", "令和５年３月１０日　　　"])) == ["薬生薬審発０３１０第１号", "令和５年３月１０日"]


def test_a_word_set_downwards_is_one_word() -> None:
    assert said(lines(list("小売段階"), pitch=1.1)) == ["小売段階"]


def test_entries_of_a_table_of_contents_stay_apart() -> None:
    entries = ["一 はじめに.................................. 5", "二 背景と目的................................ 7", "三 進め方.................................... 9"]
    assert said(lines(entries)) == entries


def test_paragraphs_of_different_sizes_and_distant_lines_stay_apart() -> None:
    sentence = "札幌市は二〇二四年の春に、古い図書館を建て替え"
    assert said(lines([sentence], size=16), lines(["ると発表した。"], top=736)) == [sentence, "ると発表した。"]
    assert said(lines([sentence, "ると発表した。"], pitch=3)) == [sentence, "ると発表した。"]


def test_words_of_latin_script_keep_their_blank() -> None:
    assert said(lines(["The city of Sapporo will build a new library in the", "spring of the year."]), lines(["The plan was made public in the month of May in."], top=500))[0] == "The city of Sapporo will build a new library in the spring of the year."
