"""What can be done with a kept answer, as HTML: note it or one of its places, say whether it was good. The script `work.js` brings it to life."""

from html import escape

from qa.work.feedback import REASONS

THUMB = '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M7.5 10.5 11.4 4a1.9 1.9 0 0 1 3.4 1.6L14 9.5h4.6a2 2 0 0 1 2 2.5l-1.6 6.4a2 2 0 0 1-2 1.6H7.5zM7.5 10.5H3.4V20h4.1z"/></svg>'


def note_button(turn: str, part: str = "", label: str = "ノートに取る", of: str = "この回答") -> str:
    """Takes a turn's answer, or with ``part`` one of its places, into the notebook; pressed again takes it out."""
    return f'<button type="button" class="button small take-note" data-source="{escape(turn + part)}" data-of="{escape(of)}" aria-pressed="false" aria-label="{escape(of)}をノートに取る">{label}</button>'


def verdict_buttons(turn: str) -> str:
    """👍 and 👎 for an answer."""
    return (
        f'<span class="verdicts" role="group" aria-label="この回答の評価" data-feedback="{escape(turn)}">'
        f'<button type="button" class="button small icon" data-verdict="good" aria-pressed="false" aria-label="よい回答" title="よい回答">{THUMB}</button>'
        f'<button type="button" class="button small icon down" data-verdict="bad" aria-pressed="false" aria-label="問題のある回答" title="問題のある回答">{THUMB}</button></span>'
    )


def reason_form(turn: str) -> str:
    """Asks for the reason of a 👎; hidden until it is pressed."""
    name = f"reason-{escape(turn)}"
    choices = "".join(f'<label><input type="radio" name="{name}" value="{key}" required> {said}</label>' for key, said in REASONS.items())
    return (
        f'<form class="reason-form" data-reason-of="{escape(turn)}" hidden><fieldset><legend>どこに問題がありましたか</legend><div class="choices">{choices}</div></fieldset>'
        '<label class="comment">補足(なくてもかまいません)<textarea name="comment" rows="2" maxlength="1000"></textarea></label>'
        '<div class="form-row"><button class="button small primary">評価を送る</button><button type="button" class="button small" data-reason-cancel>やめる</button>'
        '<span class="note">評価は、質問・回答とともにこのサーバーに残り、評価画面で質問集の候補になります。</span></div></form>'
    )
