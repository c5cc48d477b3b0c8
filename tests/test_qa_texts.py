"""The one form of references: the default, another one from the settings, and what is refused."""

import pytest

from ingest.errors import InputError
from qa import texts
from qa.answer import Citation
from qa.briefing.briefing import Briefing, BriefingSection, Commission, Statement
from qa.briefing.markdown_file import markdown

CITED = Citation(1, "d-1", "題名", "甲市", "2018-05", "inferred", 3, "1 章 › (1) 節", 0, 2, "本文")


@pytest.fixture(autouse=True)
def default_form():
    yield
    texts.use_reference_form("")


def test_the_default_is_as_clairs_reports_cite():
    assert texts.reference(CITED) == "甲市「題名」(2018年5月、推定)p.3 (1) 節"


def test_another_form_holds_for_copies_and_notes_alike():
    texts.use_reference_form("{issuer}, {title}, {date}, {place}")
    assert texts.reference(CITED) == "甲市, 題名, 2018年5月、推定, p.3 (1) 節"
    assert texts.reference_entry(CITED).startswith("[1] 甲市, 題名, ")
    paper = Briefing(Commission("主題"), "2026-01-01", sections=(BriefingSection("points", "要点", (Statement("文。", (1,)),)),), citations=(CITED,))
    assert "[^1]: 甲市, 題名, 2018年5月、推定" in markdown(paper)


@pytest.mark.parametrize("form", ["{title}", "{issuer}{title}{author}", "{issuer}{title}{0}", "{issuer.x}{title}", "{issuer!r}{title}", "{issuer:>9}{title}", "書式"])
def test_a_form_that_cannot_be_filled_in_is_refused_in_words(form):
    with pytest.raises(InputError, match="reference_form"):
        texts.use_reference_form(form)
    assert texts.reference(CITED).startswith("甲市「題名」")
