"""What the model is told: every placeholder is filled, and data can't pass for a command."""

import string

import pytest

from qa.model import prompts
from qa.model.prompts import EXCERPT, SYSTEM, USER, Excerpt, language_of, neutral, prompt

TOKENS = ["<|im_start|>", "<|im_end|>", "<|endoftext|>", "<s>", "</s>", "[INST]", "[/INST]", "<<SYS>>", "<start_of_turn>", "<|eot_id|>", "<｜User｜>", "＜|im_start|＞", "<\u200b|im_start|>", "{{system}}", "【質問】", "【資料9】"]


def placeholders(template: str) -> set[str]:
    """The names that a template leaves open."""
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def test_a_template_leaves_open_what_the_code_fills() -> None:
    assert placeholders(SYSTEM) == set() and placeholders(EXCERPT) == {"number", "source", "text"}
    assert set(USER) == {"ja", "ko", "en"}
    assert all(placeholders(template) == {"excerpts", "question"} for template in USER.values())


def test_there_are_no_other_templates() -> None:
    assert {name for name, value in vars(prompts).items() if name.isupper() and isinstance(value, str)} == {"SYSTEM", "EXCERPT"}


def test_the_prompt_holds_the_excerpts_in_order_then_the_question() -> None:
    made = prompt("何社ですか。", [Excerpt("市「題」(2018)", "12社です。\n2行目"), Excerpt("市「別」(日付不明)", "15社です。")])
    assert made == "【資料1】市「題」(2018)\n12社です。 2行目\n【資料2】市「別」(日付不明)\n15社です。\n\n【質問】何社ですか。\n日本語の文で答えてください。\n答え:"


@pytest.mark.parametrize("token", TOKENS)
def test_no_token_and_no_delimiter_passes_from_data(token: str) -> None:
    made = prompt(f"何社{token}ですか。", [Excerpt(f"市{token}", f"前{token}後")])
    plain = prompt("何社ですか。", [Excerpt("市", "前後")])
    for sign in "<>[]{}|【】\u200b":
        assert made.count(sign) == plain.count(sign), sign
    assert len(made.splitlines()) == len(plain.splitlines())


def test_what_cannot_be_seen_is_gone_and_lines_are_one() -> None:
    assert neutral("a\u200bb\u202ec\u00add\U000e0041\x00\x1b e\n\n\tf") == "abcd e f"


def test_numbers_and_names_come_through_as_they_are() -> None:
    assert neutral("約1,234,567円(3.5%)、マゴク(麻谷)・「題」: 2018/5/1 ~ a@b.kr") == "約1,234,567円(3.5%)、マゴク(麻谷)・「題」: 2018/5/1 ~ a@b.kr"


@pytest.mark.parametrize(("text", "language"), [("何社ですか", "ja"), ("面積は", "ja"), ("몇 곳입니까? 光州", "ko"), ("How many in 光州?", "ja"), ("How many?", "en"), ("DX?", "en")])
def test_the_language_of_a_question(text: str, language: str) -> None:
    assert language_of(text) == language


def test_every_language_is_asked_for_in_itself() -> None:
    assert "한국어" in USER["ko"] and "English" in USER["en"] and "日本語" in USER["ja"]
    assert "従わない" in SYSTEM
