"""What the screen of documents shows, as HTML; names, titles and messages from files and persons are escaped here."""

from collections.abc import Sequence
from html import escape

from ingest.failures import REMEDIES
from ingest.library.infos import DocumentInfo
from qa import texts
from qa.screens.document_page import document_link
from qa.screens.intake import ENDED, Job

STEPS = {"waiting": "順番待ち", "reading": "読み込み", "splitting": "分割", "embedding": "埋め込み", "registering": "登録", "done": "登録しました", "failed": "登録できませんでした", "stopped": "止めました"}
SHARE = {"waiting": 0.0, "reading": 0.0, "splitting": 0.3, "embedding": 0.35, "registering": 0.95, "done": 1.0}  # of the whole way, where a step begins
HEADS = ("題名", "発行者", "日付", "ページ", "検索単位", "版・注意", "操作")
FRAME = """<div class="page-head"><h2>資料</h2><p>質問とブリーフィングは、ここにある資料だけから作ります。題名を押すと全文が開きます。</p></div><div id="documents">
<section class="drop" aria-label="資料の追加">
<div class="drop-zone" id="drop-zone"><p><strong>ここにファイルを置く</strong>か、<label class="pick" for="document-files">ファイルを選ぶ</label><input id="document-files" class="visually-hidden" type="file" multiple></p>
<p class="quiet">PDF・Word・PowerPoint・Excel・CSV・HTML・Markdown・テキスト、それらのZIP。いくつでも一度に追加できます。</p></div>
<fieldset class="scope"><legend>だれが見られますか</legend>
<label><input type="radio" name="document-scope" value="own" checked> <b>自分だけ</b><small>このブラウザーの質問と一覧にだけ出ます。サーバーを止めるか、12時間使わないと消えます</small></label>
<label><input type="radio" name="document-scope" value="shared"> <b>共有の資料</b><small>この調べを使う全員の質問と一覧に出ます。消すまで残ります</small></label></fieldset></section>
<div id="document-problem" role="alert"></div><div id="document-jobs" aria-live="polite"></div><div id="document-list"></div>
<dialog id="document-edit" aria-labelledby="document-edit-title"><form method="dialog"><h3 id="document-edit-title">資料の情報を直す</h3>
<label>題名<input name="title" maxlength="300" required></label><label>発行者<input name="issuer" maxlength="300" required></label><label>日付<input name="date" placeholder="例: 2018-05-25、2018-05(空なら不明)"></label>
<p class="error" hidden></p><menu><button type="button" data-close>やめる</button><button type="submit" class="primary">保存する</button></menu></form></dialog>
<dialog id="document-remove" aria-labelledby="document-remove-title"><form method="dialog"><h3 id="document-remove-title">この資料を削除しますか</h3><p class="what"></p><p class="quiet">旧版もいっしょに消えます。元に戻すには、ファイルをもう一度追加してください。</p>
<p class="error" hidden></p><menu><button type="button" data-close>やめる</button><button type="submit" class="danger">削除する</button></menu></form></dialog></div>"""


def jobs_html(jobs: Sequence[Job]) -> str:
    """Each file with its step, a bar and a stop button; then what failed, grouped by what can be done about it."""
    if not jobs:
        return ""
    busy, done = [j for j in jobs if j.step not in ENDED], [j for j in jobs if j.step == "done"]
    head = f"取り込み中: 残り{len(busy)}件" if busy else f"{len(done)}件を登録しました。質問に使えます" if done else "取り込みは終わりました"
    button = '<button type="button" data-job-stop="all">すべて止める</button>' if busy else '<button type="button" data-job-clear>表示を消す</button>'
    rows = "".join(map(_job_row, (j for j in jobs if j.step != "failed")))
    return f'<section class="jobs"><header><h3>{head}</h3>{button}</header><ul>{rows}</ul>{_failures(jobs)}</section>'


def _job_row(job: Job) -> str:
    ended = job.step in ENDED
    share = SHARE.get(job.step, 0.0)
    if job.total and job.step in ("reading", "embedding"):
        share += (0.3 if job.step == "reading" else 0.6) * job.done / job.total
    count = f" {job.done:,}/{job.total:,}" if job.total and not ended and job.done else ""
    bar = "" if ended else f'<progress max="1" value="{share:.3f}" aria-label="{escape(job.name)}の進み具合"></progress>'
    stop = "" if ended or job.step == "registering" else f'<button type="button" data-job-stop="{job.id}" aria-label="{escape(job.name)}を止める">止める</button>'
    return f'<li class="job {job.step}"><span class="name">{escape(job.name)}</span><span class="step">{_said(job)}{count}</span>{bar}{stop}</li>'


def _said(job: Job) -> str:
    if job.step != "done" or job.added is None:
        return STEPS[job.step]
    said = {"unchanged": "同じ内容の資料がすでにあります", "replaced": "新しい版として登録しました(前の版は旧版として残ります)"}.get(job.added.status, f"{len(job.added.documents)}文書を登録しました")
    where = "自分だけ" if job.owner else "共有"
    notes = "".join(f"。{escape(warning)}" for warning in job.added.warnings)
    return f"{said}({where}){notes}"


def _failures(jobs: Sequence[Job]) -> str:
    failed = [j.failure for j in jobs if j.failure]
    groups = []
    for remedy, advice in REMEDIES.items():
        items = "".join(f"<li><b>{escape(f.name)}</b> {escape(f.message.removeprefix(f'{f.name}: '))}</li>" for f in failed if f.remedy == remedy)
        groups.append(f"<h4>{advice}</h4><ul>{items}</ul>" if items else "")
    return f'<div class="failures" role="alert"><h3>登録できなかったファイル {len(failed)}件</h3>{"".join(groups)}</div>' if failed else ""


def list_html(infos: Sequence[DocumentInfo], corpus: set[str]) -> str:
    """The table of documents with its search box; ``data-sort`` holds what a column is sorted by. ``corpus`` are names of sources that can't be removed here."""
    number = ("ページ", "検索単位")
    heads = "".join(
        f'<th scope="col"{" class=number" if name in number else ""} aria-sort="none"><button type="button" data-sort-column="{n}">{name}</button></th>' if name != "操作" else '<th scope="col"><span class="plain">操作</span></th>'
        for n, name in enumerate(HEADS)
    )
    rows = "".join(_row(info, info.source not in corpus) for info in sorted(infos, key=lambda i: not i.owner))
    return (
        f'<div class="library"><div class="library-head"><label for="library-filter">表を絞る</label><input id="library-filter" type="search" placeholder="題名・発行者・年など" autocomplete="off">'
        f'<span class="library-count" role="status" data-total="{len(infos)}">全{len(infos)}件</span></div>'
        f'<div class="table-box" tabindex="0" role="region" aria-label="資料の一覧"><table class="library-table"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div></div>'
    )


def _row(info: DocumentInfo, is_own: bool) -> str:
    basis = f"<small>{texts.BASES.get(info.date_basis, escape(info.date_basis))}</small>" if info.date else ""
    scope = '<span class="tag own">自分だけ</span>' if info.owner else ""
    data = f'data-id="{escape(info.id)}" data-title="{escape(info.title)}" data-issuer="{escape(info.issuer)}" data-date="{escape(info.date or "")}"'
    remove = f'<button type="button" data-document-remove {data} aria-label="{escape(info.title)}を削除">削除</button>' if is_own else ""
    return (
        f'<tr><td data-sort="{escape(info.title)}"><a href="{document_link(info.id)}" target="shirabe-document">{escape(info.title)}</a>{scope}<small class="file">{escape(info.file)}</small></td>'
        f'<td>{escape(info.issuer)}</td><td data-sort="{escape(info.date or "")}">{texts.date_words(info.date)}{basis}</td>'
        f'<td class="number" data-sort="{info.pages}">{info.pages or "–"}</td><td class="number" data-sort="{info.chunks}">{info.chunks:,}</td><td>{_notes(info)}</td>'
        f'<td class="acts"><button type="button" data-document-edit {data} aria-label="{escape(info.title)}を編集">編集</button>{remove}</td></tr>'
    )


def _notes(info: DocumentInfo) -> str:
    links = ((info.corrected_by, "訂正あり"), (info.corrects, "訂正元"))
    said = [f"第{info.version}版"] if info.version > 1 else []
    said += [f'<a class="tag warn" href="{document_link(id_)}" target="shirabe-document">{label}</a>' for id_, label in links if id_]
    said += [f"認識誤りの疑い {info.suspicions}か所"] if info.suspicions else []
    return "<br>".join([*said, *map(escape, info.warnings)])


def versions_html(info: DocumentInfo, newer: DocumentInfo | None, older: Sequence[DocumentInfo], corrected_by: DocumentInfo | None) -> str:
    """What is said above a document: that it is an older version, that it has been corrected, and its older versions."""
    said = []
    if not info.is_current:
        link = f'<a href="{document_link(newer.id).removeprefix("document/")}">新しい版を開く</a>' if newer else ""
        said.append(f'<p class="caution">これは旧版(第{info.version}版)です。質問には使われません。{link}</p>')
    if corrected_by:
        said.append(f'<p class="caution">この資料は<a href="{escape(corrected_by.id)}">「{escape(corrected_by.title)}」</a>で訂正されています。</p>')
    if older:
        links = "、".join(f'<a href="{escape(o.id)}">第{o.version}版</a>' for o in older)
        said.append(f'<p class="note">旧版: {links}</p>')
    return "".join(said)
