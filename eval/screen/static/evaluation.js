// The table of gold questions on the evaluation screen. It lives in the browser: our side reads files, gives documents, and evaluates what read() returns.
const Evaluation = (() => {
  "use strict";
  const DRAFT = "shirabe-evaluation"; // in the session's storage, so that a reload of the page loses nothing
  const FIELDS = ["question", "kind", "lang", "answerable", "must", "any"];
  const LARGEST = 20_000_000; // bytes; our side looks closer
  let root, server, documents, kept;

  const find = (selector, within = root) => within.querySelector(selector);
  const rows = () => [...find("tbody").rows];
  const field = (row, name) => find(`[name=${name}]`, row);
  const listed = (text) => text.split("\n").map((line) => line.trim()).filter(Boolean);

  function record(row) {
    const { answerable, must, any } = Object.fromEntries(FIELDS.map((name) => [name, field(row, name)]));
    return {
      ...row.record, question: field(row, "question").value, kind: field(row, "kind").value, lang: field(row, "lang").value,
      answerable: answerable.checked, must: listed(must.value), any: listed(any.value), evidence: row.evidence,
    };
  }

  function choose(select, value) {
    if (![...select.options].some((option) => option.value === value)) select.add(new Option(value, value)); // our side says what is wrong with it
    select.value = value;
  }

  function add(given = {}, before = null) {
    const row = find("template").content.firstElementChild.cloneNode(true);
    row.record = { id: freeId(), ...given };
    row.evidence = [...(given.evidence ?? [])];
    field(row, "question").value = given.question ?? "";
    choose(field(row, "kind"), given.kind || "fact");
    choose(field(row, "lang"), given.lang || "ja");
    field(row, "answerable").checked = given.answerable ?? true;
    for (const name of ["must", "any"]) field(row, name).value = (given[name] ?? []).map((word) => word.replace(/\s*\n\s*/g, " ")).join("\n");
    const turns = (given.history ?? []).map((turn) => turn.question).filter(Boolean);
    const history = find(".gold-history", row);
    history.hidden = !turns.length;
    history.textContent = `前の質問: ${turns.join(" → ")}`;
    const said = typeof given.feedback?.said === "string" ? given.feedback.said : "";
    find(".gold-said", row).hidden = !said;
    find(".gold-said", row).textContent = said;
    find("tbody").insertBefore(row, before);
    showEvidence(row);
    return row;
  }

  function freeId() {
    const used = new Set(rows().map((row) => row.record.id));
    let number = rows().length + 1;
    while (used.has(`q${number}`)) number += 1;
    return `q${number}`;
  }

  function named(doc) {
    const found = documents.find((d) => d.id === doc) ?? documents.filter((d) => d.id.startsWith(doc) || d.source.startsWith(doc));
    return Array.isArray(found) ? (found.length === 1 ? found[0].title : doc) : found.title;
  }

  function showEvidence(row) {
    const items = row.evidence.map((piece, n) => {
      const item = document.createElement("li");
      const quote = Object.assign(document.createElement("q"), { textContent: piece.quote || `${piece.page}ページ`, title: piece.quote || "" });
      const from = Object.assign(document.createElement("small"), { textContent: named(String(piece.doc)) });
      const drop = Object.assign(document.createElement("button"), { type: "button", className: "gold-drop", textContent: "×" });
      drop.dataset.piece = n;
      drop.setAttribute("aria-label", `根拠${n + 1}を外す`);
      item.append(quote, from, drop);
      return item;
    });
    find("ul", row).replaceChildren(...items);
  }

  // Numbers, labels and the draft follow every change.
  function changed(said = "") {
    rows().forEach((row, n) => {
      const name = `第${n + 1}問`;
      row.id = `gold-${n + 1}`;
      row.cells[0].textContent = n + 1;
      for (const cell of row.cells) find("textarea, select, label input", cell)?.setAttribute("aria-label", `${name} ${cell.dataset.column}`);
      find(".gold-pick", row).setAttribute("aria-label", `${name} 根拠を選ぶ`);
      find(".gold-remove", row).setAttribute("aria-label", `${name}を消す`);
    });
    find(".gold-count").textContent = said || `${rows().length}問`;
    find(".gold-undo").hidden = !kept;
    try {
      sessionStorage.setItem(DRAFT, JSON.stringify(read()));
    } catch { /* full or forbidden: the table works without a draft */ }
  }

  const read = () => ({ name: field(root, "set").value, records: rows().map(record) });

  function fill({ name, records }) {
    field(root, "set").value = name;
    find("tbody").replaceChildren();
    records.forEach((given) => add(given));
    if (!records.length) add();
  }

  // The table as it was before it was replaced, emptied or lost a question can be had back.
  function replace(next, said) {
    kept = read();
    fill(next);
    changed(said);
  }

  const problem = (html) => { find(".gold-problem").innerHTML = html; };
  const failed = (text) => problem(`<div class="error" role="alert"><p>${text}</p></div>`);

  async function open(file) {
    problem("");
    if (file.size > LARGEST) return failed(`ファイルが大きすぎます(${Math.round(file.size / 1e6)} MB)。質問を分けてください`);
    let text;
    try {
      text = new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer());
    } catch {
      return failed("ファイルを文字として読めませんでした。文字コードが UTF-8 の JSONL ファイルを選んでください。表はそのままです");
    }
    const answer = await asked("questions", text);
    if (answer?.problem) return problem(answer.problem);
    if (answer) replace({ name: file.name.replace(/\.[^.]*$/, "").slice(0, 60), records: answer.records }, `${answer.records.length}問を読み込みました`);
  }

  // What people said of answers, below the questions that are there already.
  async function fromFeedback() {
    problem("");
    const { name, records } = read();
    const written = records.filter((r) => r.question.trim() || r.evidence.length);
    const answer = await asked("feedback", written);
    if (answer?.problem) return problem(answer.problem);
    if (!answer) return;
    replace({ name: name || "フィードバック", records: [...written, ...answer.records] }, `フィードバックから${answer.records.length}問を取り込みました`);
    rows()[written.length].scrollIntoView({ block: "nearest" });
  }

  async function asked(name, argument) {
    try {
      return await server[name](argument);
    } catch {
      failed("サーバーとの通信に失敗しました。表はそのままです。もう一度お試しください");
    }
  }

  function save() {
    const lines = read().records.filter((r) => r.question.trim() || r.evidence.length).map((r) => `${JSON.stringify(r)}\n`);
    const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(new Blob(lines, { type: "application/jsonl" })) });
    link.download = `${field(root, "set").value.trim().replace(/[\\/:*?"<>|]/g, "_") || "評価用の質問"}.jsonl`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    find(".gold-count").textContent = `${lines.length}問を保存しました`;
  }

  function pick(row) {
    EvidencePicker.open(field(row, "question").value || `第${row.rowIndex}問`, {
      read: (id) => asked("document", id),
      taken: (piece) => {
        row.evidence.push(piece);
        field(row, "answerable").checked = true;
        showEvidence(row);
        changed(`第${row.rowIndex}問に根拠を加えました`);
      },
      closed: () => find(".gold-pick", row).focus(),
    });
  }

  function remove(row) {
    kept = read();
    const number = row.rowIndex;
    row.remove();
    if (!rows().length) add();
    changed(`第${number}問を消しました`);
    rows()[Math.min(number, rows().length) - 1].cells[0].focus();
  }

  function undo() {
    const before = kept;
    kept = null;
    fill(before);
    changed("元に戻しました");
  }

  const ACTIONS = {
    "gold-add": () => { const row = add(); changed(); field(row, "question").focus(); },
    "gold-feedback": fromFeedback,
    "gold-save": save,
    "gold-clear": () => replace({ name: "", records: [] }, "表を空にしました"),
    "gold-undo": undo,
    "gold-pick": (button) => pick(button.closest("tr")),
    "gold-remove": (button) => remove(button.closest("tr")),
    "gold-drop": (button) => {
      const row = button.closest("tr");
      row.evidence.splice(Number(button.dataset.piece), 1);
      showEvidence(row);
      changed(`第${row.rowIndex}問の根拠を外しました`);
      find(".gold-pick", row).focus();
    },
  };

  function listen() {
    root.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      const action = button && ACTIONS[button.className];
      if (!action) return;
      event.stopPropagation();
      action(button);
    });
    root.addEventListener("change", (event) => {
      const { target } = event;
      if (target.type === "file" && target.files.length) open(target.files[0]).finally(() => { target.value = ""; });
      else if (target.closest("tbody, .gold-name")) changed();
    });
    document.addEventListener("click", (event) => {
      const link = event.target.closest?.("[data-gold-row]");
      const row = link && rows()[link.dataset.goldRow - 1];
      if (!row) return;
      event.preventDefault();
      row.scrollIntoView({ block: "center" });
      field(row, "question").focus({ preventScroll: true });
    });
  }

  async function start(element, functions) {
    root = find(".gold", element);
    server = functions;
    documents = [];
    const opening = await asked("opening", null);
    documents = opening?.documents ?? [];
    EvidencePicker.start(find("dialog"), documents);
    if (opening) find(".gold-sample").href = URL.createObjectURL(new Blob([opening.sample], { type: "application/jsonl" }));
    let draft = null;
    try {
      draft = JSON.parse(sessionStorage.getItem(DRAFT));
    } catch { /* a draft that can't be read is none */ }
    listen();
    fill(draft ?? { name: "", records: [] });
    changed();
    root.dataset.ready = "yes";
  }

  return { start, read };
})();
