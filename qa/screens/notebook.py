"""The notebook and the list of conversations as HTML and as text for the clipboard; everything that comes from elsewhere is escaped here."""

from collections.abc import Sequence
from html import escape

from qa import texts
from qa.answer import Citation
from qa.screens.document_page import document_link
from qa.screens.document_text import Body
from qa.work.conversations import Conversation
from qa.work.notebook import MARK, Lookup, Note, is_current, renumbered

NO_NOTES = "ノートはまだ空です。質問の画面で、回答や出典の「ノートに取る」を押すと、ここに集まります。"
NO_CONVERSATIONS = "会話はまだありません。質問すると、ここに残ります。"
NOT_FOUND = "「{words}」を含む会話はありません。別の語でお試しください。"
CHANGED = "資料が更新または削除され、この箇所は取った時の文と一致しません"

NOTEBOOK = """<div class="page-head"><h2>作業ノート</h2><p>回答や出典の箇所を集めて並べ、まとめてコピーしたり、ブリーフィングの材料にしたりできます。ノートはこのブラウザーだけに見えます。</p></div>
<div id="notebook"><div class="bar"><button type="button" class="button primary" data-notes="copy" disabled>出典を付けてすべてコピー</button><button type="button" class="button" data-notes="brief" hidden>ブリーフィングへ送る</button><button type="button" class="button quiet" data-notes="clear" disabled>すべて消す</button><button type="button" class="button small" data-notes="restore" hidden>元に戻す</button></div><div class="notes-list" aria-live="off"></div></div>"""

DRAWER = """<dialog id="talks" aria-labelledby="talks-title"><div class="drawer-head"><h2 id="talks-title">会話の履歴</h2><button type="button" class="button small" data-talks="close">閉じる</button></div>
<label class="search-label" for="talks-words">会話を探す</label><input id="talks-words" type="search" placeholder="質問や回答に含まれる語" autocomplete="off"><div class="talks-list" role="region" aria-label="会話の一覧"></div><p class="note">会話はこのサーバーに残り、このブラウザーだけに見えます。</p></dialog>"""


def notes_html(notes: Sequence[Note], find: Lookup) -> str:
    """The notes with their references, and the buttons that move and remove them."""
    shown, _ = renumbered(notes)
    if not shown:
        return f'<p class="empty">{NO_NOTES}</p>'
    return f'<ol class="notes">{"".join(_note(note, place, len(shown), find) for place, note in enumerate(shown, 1))}</ol>'


def _note(note: Note, place: int, count: int, find: Lookup) -> str:
    numbers = {str(c.n) for c in note.citations}

    def link(n: str) -> str:
        return f'<a class="cite" href="#note-{note.id}-{n}" aria-label="出典{n}へ移動">[{n}]</a>' if n in numbers else f"[{n}]"

    lines = [line for line in note.text.split("\n") if line.strip()]
    if note.kind == "answer":
        body = "".join(f"<p>{MARK.sub(lambda m: link(m[1]), escape(line))}</p>" for line in lines)
    else:
        body = _quoted(note.citations[0], find)
    moves = "".join(
        f'<button type="button" class="button small icon" data-note-{name}="{note.id}" aria-label="{place}番目のノートを{said}"{" disabled" if off else ""}>{sign}</button>'
        for name, said, sign, off in (("up", "上へ", "↑", place == 1), ("down", "下へ", "↓", place == count))
    )
    remove = f'<button type="button" class="button small quiet" data-note-remove="{note.id}" aria-label="{place}番目のノートを消す">消す</button>'
    references = "".join(_reference(c, note.id, find) for c in note.citations)
    label = "回答" if note.kind == "answer" else "出典の箇所"
    return (
        f'<li class="kept {note.kind}" data-note="{note.id}" tabindex="-1"><div class="kept-head"><p class="kept-question"><span class="tag">{label}</span>{escape(note.question)}</p><div class="moves">{moves}{remove}</div></div>'
        f'<div class="kept-text">{body}</div><ul class="references">{references}</ul></li>'
    )


def _quoted(citation: Citation, find: Lookup) -> str:
    """A quoted place as it stands in its document (a row with the heads of its columns), or as it was kept where that has changed."""
    document = find(citation.document_id)
    if document is not None and is_current(citation, find):
        span = (citation.start, citation.end)
        return f'<div class="passage">{Body(document, focus=citation.focus).html(*span)}</div>'
    return f"<blockquote>{''.join(f'<p>{escape(line)}</p>' for line in citation.quote.splitlines())}</blockquote>"


def _reference(citation: Citation, note: int, find: Lookup) -> str:
    span = (citation.start, citation.end)
    page = f" · p.{citation.page}" if citation.page else ""
    heading = f" · {escape(citation.heading)}" if citation.heading else ""
    warning = "" if is_current(citation, find) else f'<span class="caution">{CHANGED}</span>'
    return (
        f'<li id="note-{note}-{citation.n}" tabindex="-1"><span class="badge">{citation.n}</span><span>{escape(citation.issuer)}「{escape(citation.title)}」{escape(texts.dated(citation.date, citation.date_basis))}{page}{heading} '
        f'<a href="{document_link(citation.document_id, span)}" target="shirabe-document">文書で見る</a>{warning}</span></li>'
    )


def notes_text(notes: Sequence[Note]) -> str:
    """All notes as plain text, their references numbered through at the end."""
    shown, citations = renumbered(notes)
    parts = []
    for note in shown:
        quote = note.text if note.kind == "answer" else f"「{texts.quoted(note.citations[0])}」[{note.citations[0].n}]"
        parts.append(f"■ {note.question}\n{quote}\n")
    return "\n".join([*parts, "出典", *map(texts.reference_entry, citations)] if citations else parts)


def conversations_html(conversations: Sequence[Conversation], words: str = "") -> str:
    """The list of conversations; each can be opened and deleted."""
    if not conversations:
        return f'<p class="empty">{NOT_FOUND.format(words=escape(words)) if words.strip() else NO_CONVERSATIONS}</p>'
    return f'<ul class="talks">{"".join(map(_conversation, conversations))}</ul>'


def _conversation(conversation: Conversation) -> str:
    found = f"<small>{escape(conversation.found)}</small>" if conversation.found else ""
    return (
        f'<li data-talk="{escape(conversation.id)}"><button type="button" class="talk-open"><span class="talk-title">{escape(conversation.title)}</span>{found}'
        f'<span class="talk-when"><time datetime="{escape(conversation.changed)}"></time> · {conversation.turns}問</span></button>'
        f'<button type="button" class="button small quiet talk-delete" aria-label="会話「{escape(conversation.title[:40])}」を消す">消す</button></li>'
    )
