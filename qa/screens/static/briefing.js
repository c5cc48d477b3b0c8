// The briefing screen. The draft lives here, with citation numbers that never change; what is shown is numbered in the order of the paper.
const Briefing = (() => {
  "use strict";
  const KEPT = "shirabe-briefing"; // in the session's storage, so that a reload of the page loses nothing
  const CHECK_AFTER = 500, MEASURE_AFTER = 900; // milliseconds without typing
  const GROUPS = { points: "要点", background: "背景", theme: "現状と主な取組" };
  let root, server, labels, token = null, run_ = 0;
  let draft = null; // {briefing, facts, shown: [[document, start]]}

  const find = (selector, within = root) => within.querySelector(selector);
  const element = (tag, className = "", text = "") => Object.assign(document.createElement(tag), { className, textContent: text });
  const button = (text, className, name = text) => {
    const made = element("button", `button small ${className}`, text);
    made.type = "button";
    made.setAttribute("aria-label", name);
    made.title = name;
    return made;
  };

  async function asked(name, argument) {
    try {
      return await server[name](argument);
    } catch {
      return { problem: "サーバーとの通信に失敗しました。案はこの画面に残っています。もう一度お試しください" };
    }
  }

  function problem(text) {
    const box = find(".brief-problem");
    box.replaceChildren();
    if (!text) return;
    const made = element("p", "error", text);
    made.setAttribute("role", "alert");
    box.append(made);
  }

  function keep() {
    try {
      if (draft) sessionStorage.setItem(KEPT, JSON.stringify(draft));
      else sessionStorage.removeItem(KEPT);
    } catch { /* full or forbidden: the draft works without being kept */ }
  }

  // Writing ------------------------------------------------------------------------------------------------------------

  async function run(started) {
    if (!started?.token) return;
    const mine = ++run_;
    token = started.token;
    problem("");
    draft = null;
    find(".brief-over").hidden = true;
    find(".brief-work").classList.remove("has-draft", "is-refused");
    find(".brief-work").hidden = false;
    working("はじめています", 0, 1);
    for (;;) {
      const step = await asked("next_step", started.token);
      if (mine !== run_) return; // stopped, or a newer one was begun
      if (step.problem) { problem(step.problem); break; }
      if (step.briefing) {
        const isFirst = !draft;
        draft = { briefing: step.briefing, facts: step.facts, shown: [] };
        working(step.doing, step.done, step.total);
        show(step.finished);
        if (isFirst) find(".brief-work").scrollIntoView({ block: "start" }); // the form has done its part
      }
      if (step.finished) break;
    }
    ended();
  }

  function working(doing, done, total) {
    find(".brief-progress").hidden = false;
    find(".brief-work").classList.add("is-busy");
    find(".brief-doing").textContent = doing;
    Object.assign(find("progress"), { max: total, value: done });
  }

  function ended() {
    token = null;
    find(".brief-progress").hidden = true;
    find(".brief-work").classList.remove("is-busy");
    find(".brief-work").hidden = !draft;
    find(".brief-plan").open = false;
    if (draft) show(true);
    keep();
    measure();
  }

  async function stop() {
    const stopped = token;
    run_ += 1;
    ended();
    document.querySelector("#briefing-begin")?.focus({ preventScroll: true }); // the button that was pressed is gone
    if (draft) find(".brief-state").textContent = "止めました。できたところまでを示しています";
    await asked("stop", stopped);
  }

  // Showing ------------------------------------------------------------------------------------------------------------

  const sections = () => draft.briefing.sections;
  const cited = (n) => draft.briefing.citations.find((c) => c.n === n);

  function numbers() {
    const order = new Map();
    const take = (list) => list.forEach((n) => { if (!order.has(n)) order.set(n, order.size + 1); });
    for (const section of sections()) if (!section.struck) section.statements.forEach((s) => { if (!s.struck) take([...s.citations].sort((a, b) => a - b)); });
    draft.briefing.figures.forEach((f) => { if (!f.struck) take([f.citation]); });
    (draft.briefing.comparison?.rows ?? []).forEach((row) => row.cells.flat().forEach((s) => take(s.citations)));
    return order;
  }

  function show(finished) {
    const { briefing } = draft;
    find(".brief-work").hidden = false;
    find(".brief-work").classList.add("has-draft");
    find(".brief-work").classList.toggle("is-refused", briefing.refused);
    for (const made of root.querySelectorAll("[data-export], .brief-clear")) made.disabled = !finished;
    find(".brief-plan summary").textContent = `下位の問い ${briefing.questions.length}件`;
    find(".brief-plan ol").replaceChildren(...briefing.questions.map((q) => element("li", "", q)));
    if (!finished && !sections().length) find(".brief-plan").open = true;
    find(".brief-paper").replaceChildren(...(briefing.refused ? refusal(briefing) : paper(briefing, finished)));
    tell();
  }

  function refusal(briefing) {
    const list = element("ul");
    list.append(...briefing.instead.map((title) => element("li", "", title)));
    return [element("h3", "brief-title", briefing.commission.topic), element("p", "caution", labels.refused), element("p", "", `理由: ${briefing.reason}。`), element("p", "note", labels.instead), list];
  }

  function paper(briefing, finished) {
    const order = numbers();
    const parts = [head(briefing)];
    let last = null;
    sections().forEach((section, index) => {
      if (section.kind !== last) parts.push(element("h3", "brief-part", GROUPS[section.kind]));
      last = section.kind;
      parts.push(sectionOf(section, index, order));
    });
    if (briefing.figures.length) parts.push(element("h3", "brief-part", "主要な数値"), figures(briefing, order));
    if (briefing.comparison) parts.push(element("h3", "brief-part", "比較"), comparison(briefing.comparison, order));
    if (finished && briefing.cautions.length) parts.push(element("h3", "brief-part", "留意点"), cautions(briefing, order));
    return parts;
  }

  function head(briefing) {
    const box = element("header", "brief-head");
    const title = element("h3", "brief-title");
    title.append(editable("span", briefing.commission.topic, "件名", (text) => { briefing.commission.topic = text; }));
    const list = element("dl");
    for (const [name, value] of draft.facts) {
      const row = element("div");
      row.append(element("dt", "", name), element("dd", "", value));
      list.append(row);
    }
    box.append(title, list);
    return box;
  }

  function editable(tag, text, name, changed) {
    const made = element(tag, "brief-editable", text);
    made.contentEditable = "plaintext-only";
    if (made.contentEditable !== "plaintext-only") made.contentEditable = "true";
    made.setAttribute("role", "textbox");
    made.setAttribute("aria-label", name);
    made.spellcheck = false;
    made.addEventListener("keydown", (event) => { if (event.key === "Enter" && !event.isComposing) { event.preventDefault(); made.blur(); } });
    made.addEventListener("input", () => { changed(made.textContent.replace(/\s+/g, " ").trim()); keep(); measure(); });
    return made;
  }

  function sectionOf(section, index, order) {
    const box = element("section", `brief-section ${section.struck ? "is-struck" : ""}`);
    box.dataset.section = index;
    box.setAttribute("aria-label", section.heading);
    const bar = element("div", "brief-bar");
    const heading = element("h4", section.kind === "theme" ? "" : "visually-hidden", section.kind === "theme" ? "" : section.heading);
    if (section.kind === "theme") heading.append(editable("span", section.heading, "見出し", (text) => { section.heading = text; }));
    const tools = element("div", "brief-section-tools");
    if (section.struck) tools.append(action("戻す", "", `「${section.heading}」を戻す`, () => { section.struck = false; again(); }));
    else {
      const twin = (step) => sections()[index + step]?.kind === section.kind;
      if (twin(-1)) tools.append(action("↑", "", `「${section.heading}」を上へ`, () => move(index, -1)));
      if (twin(1)) tools.append(action("↓", "", `「${section.heading}」を下へ`, () => move(index, 1)));
      tools.append(action("書き直す", "", `「${section.heading}」を別の文で書き直す`, (made) => redraft(index, made)));
      tools.append(action("削る", "", `「${section.heading}」を削る`, () => { section.struck = true; again(); }));
    }
    bar.append(heading, tools);
    box.append(bar);
    if (!section.struck) section.statements.forEach((statement, n) => box.append(sentence(statement, section, n, order)));
    return box;
  }

  function action(text, className, name, work) {
    const made = button(text, `quiet ${className}`, name);
    made.addEventListener("click", () => work(made));
    return made;
  }

  function sentence(statement, section, n, order) {
    const row = element("div", `brief-sentence ${statement.struck ? "is-struck" : ""} ${statement.follows ? "follows" : ""}`);
    const text = editable("p", statement.text, "文", (changed) => edited(statement, changed, row));
    const foot = element("div", "brief-foot");
    foot.append(...marks(statement.citations, order), badge(statement));
    foot.append(action(statement.struck ? "戻す" : "削る", "brief-strike", statement.struck ? "文を戻す" : "文を削る", () => { statement.struck = !statement.struck; again(); }));
    row.append(text, foot);
    row.addEventListener("focusin", () => row.classList.add("is-current"));
    row.addEventListener("focusout", () => row.classList.remove("is-current"));
    return row;
  }

  function marks(list, order) {
    return [...list].sort((a, b) => a - b).filter((n) => order.has(n)).map((n) => {
      const made = element("button", "cite brief-cite", `[${order.get(n)}]`);
      made.type = "button";
      made.id = `briefing-mark-${n}`;
      made.setAttribute("aria-label", `根拠${order.get(n)}を開く`);
      made.addEventListener("click", (event) => evidence(n, order.get(n), made, event.detail === 0));
      return made;
    });
  }

  function badge(statement) {
    const missing = statement.checks.filter((c) => !c.found);
    const good = statement.supported && !missing.length;
    const values = statement.checks.some((c) => labels.values.includes(c.kind));
    const text = good ? (values ? labels.checked : statement.checks.length ? labels.checkedNames : "出典あり") : `要確認${missing.length ? ` ${missing.length}件` : ""}`;
    const made = element("span", `tag brief-badge ${good ? "good" : "warn"}`, text);
    made.title = statement.checks.map((c) => `「${c.value}」: 出典に${c.found ? "あります" : "見つかりません"}${c.note ? `(${c.note})` : ""}`).join("\n") || (good ? "数値のない文です" : "出典のない文です");
    if (missing.length) made.append(element("span", "brief-missing", missing.map((c) => `「${c.value}」`).join("") + "が出典にありません"));
    return made;
  }

  function figures(briefing, order) {
    const box = element("div", "table-box");
    box.tabIndex = 0;
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", "主要な数値");
    const table = element("table", "brief-figures");
    const heads = element("tr");
    heads.append(...[...labels.heads, "操作"].map((name) => Object.assign(element("th", "", name), { scope: "col" })));
    table.append(element("thead"), element("tbody"));
    table.tHead.append(heads);
    let group = null;
    for (const figure of briefing.figures) {
      if (figure.group !== group) {
        group = figure.group;
        const row = element("tr", "brief-group");
        row.append(Object.assign(element("th", "", group), { colSpan: 6, scope: "colgroup" }));
        table.tBodies[0].append(row);
      }
      const row = element("tr", figure.struck ? "is-struck" : "");
      row.append(element("td", "", figure.item), element("td", "number", figure.value), element("td", "", figure.unit), element("td", "", figure.as_of));
      const source = element("td");
      source.append(...marks([figure.citation], order));
      const tools = element("td");
      tools.append(action(figure.struck ? "戻す" : "削る", "", figure.struck ? "行を戻す" : "行を削る", () => { figure.struck = !figure.struck; again(); }));
      row.append(source, tools);
      table.tBodies[0].append(row);
    }
    box.append(table);
    return box;
  }

  function comparison(compared, order) {
    const box = element("div", "table-box");
    box.tabIndex = 0;
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", "比較");
    const table = element("table", "brief-comparison");
    const heads = element("tr");
    heads.append(...["項目", ...compared.places].map((name) => Object.assign(element("th", "", name), { scope: "col" })));
    table.append(element("thead"), element("tbody"));
    table.tHead.append(heads);
    for (const row of compared.rows) {
      const made = element("tr");
      made.append(Object.assign(element("th", "", row.aspect), { scope: "row" }));
      for (const cell of row.cells) {
        const td = element("td");
        for (const statement of cell) {
          const line = element("p", "", statement.text);
          line.append(...marks(statement.citations, order));
          td.append(line);
        }
        if (!cell.length) td.textContent = labels.nothing;
        made.append(td);
      }
      table.tBodies[0].append(made);
    }
    box.append(table);
    return box;
  }

  function cautions(briefing, order) {
    const list = element("ul", "brief-cautions");
    for (const caution of briefing.cautions) {
      const item = element("li", caution.struck ? "is-struck" : "");
      item.append(editable("span", caution.text, "留意点", (text) => { caution.text = text; }), ...marks(caution.citations, order));
      item.append(action(caution.struck ? "戻す" : "削る", "", caution.struck ? "留意点を戻す" : "留意点を削る", () => { caution.struck = !caution.struck; again(); }));
      list.append(item);
    }
    return list;
  }

  function tell() {
    const all = sections().filter((s) => !s.struck).flatMap((s) => s.statements.filter((t) => !t.struck));
    const open = all.filter((s) => !s.supported).length;
    const left = Object.entries(draft.briefing.left_out).map(([reason, count]) => `${reason} ${count}文`).join("、");
    find(".brief-state").textContent = draft.briefing.refused ? "" : `${all.length}文${open ? `、うち要確認 ${open}文` : "、すべて確認済"}${left ? `(用いなかった文: ${left})` : ""}`;
  }

  function again(place = placeOf(document.activeElement)) {
    show(true);
    keep();
    measure();
    refocus(place);
  }

  // Every change writes the paper anew: the focus goes back to the button in the same place, counted from the end of its row: struck sentences lose their numbers.
  const ROWS = ".brief-sentence, .brief-section-tools, tr, li";

  function placeOf(active) {
    const row = find(".brief-paper").contains(active) ? active.closest(ROWS) : null;
    if (!row) return null;
    const section = active.closest("[data-section]")?.dataset.section;
    const buttons = [...row.querySelectorAll("button")];
    return { section, row: [...within(section).querySelectorAll(ROWS)].indexOf(row), fromEnd: buttons.length - buttons.indexOf(active) };
  }

  function refocus(place) {
    const row = place && within(place.section).querySelectorAll(ROWS)[place.row];
    const buttons = row ? [...row.querySelectorAll("button")] : [];
    if (buttons.length) buttons[Math.max(buttons.length - place.fromEnd, 0)].focus({ preventScroll: true });
  }

  const within = (section) => (section === undefined ? null : find(`[data-section="${section}"]`)) ?? find(".brief-paper");

  // What a person adds isn't cut: they are told when it no longer keeps to the pages.
  function measure() {
    clearTimeout(measure.timer);
    measure.timer = setTimeout(async () => {
      if (!draft || token || draft.briefing.refused) return;
      const mine = draft;
      const found = await asked("room", { briefing: clean() });
      if (mine !== draft || found.problem) return; // what is wrong is told when the paper is exported
      const over = find(".brief-over");
      over.hidden = found.pages <= found.most;
      over.textContent = over.hidden ? "" : `本文が約${found.pages}ページになります(上限${found.most}ページ)。文を短くするか、削ってください`;
    }, MEASURE_AFTER);
  }

  // Changing -----------------------------------------------------------------------------------------------------------

  function edited(statement, text, row) {
    statement.text = text;
    statement.edited = true;
    clearTimeout(statement.timer);
    Object.defineProperty(statement, "timer", { value: setTimeout(() => check(statement, row), CHECK_AFTER), enumerable: false, configurable: true, writable: true });
  }

  async function check(statement, row) {
    const text = statement.text;
    const found = await asked("check", { text, citations: statement.citations.map(cited) });
    if (statement.text !== text) return; // typed on meanwhile
    if (found.problem) return problem(found.problem);
    Object.assign(statement, { supported: found.supported, checks: found.checks });
    row.querySelector(".brief-badge")?.replaceWith(badge(statement));
    tell();
    keep();
  }

  function move(index, step) {
    const list = sections();
    [list[index], list[index + step]] = [list[index + step], list[index]];
    again();
    find(`[data-section="${index + step}"] button`)?.focus();
  }

  async function redraft(index, made) {
    const section = sections()[index];
    const place = placeOf(made);
    made.disabled = true;
    made.textContent = "書き直しています…";
    const spans = section.statements.flatMap((s) => s.citations.map(cited)).map((c) => [c.document_id, c.start]);
    const shown = [...draft.shown, ...spans];
    const sent = JSON.parse(JSON.stringify(draft.briefing));
    const found = await asked("redraft", { briefing: sent, index, shown });
    if (found.problem) problem(found.problem);
    else {
      problem("");
      draft.shown = shown;
      section.statements = found.section.statements;
      draft.briefing.citations = found.citations;
    }
    again(place);
    find(`[data-section="${index}"]`)?.scrollIntoView({ block: "nearest" });
  }

  async function evidence(n, number, mark, byKeyboard) {
    const panel = find(".brief-evidence");
    root.querySelectorAll(".is-open").forEach((e) => e.classList.remove("is-open"));
    mark.classList.add("is-open");
    const found = await asked("evidence", { ...cited(n), n });
    if (found.problem) return problem(found.problem);
    panel.innerHTML = found.html; // made and escaped by our side
    const number_ = panel.querySelector(".badge");
    if (number_) Object.assign(number_, { textContent: number }).addEventListener("click", (event) => { event.preventDefault(); event.stopPropagation(); mark.focus(); mark.scrollIntoView({ block: "center" }); });
    if (matchMedia("(max-width: 900px)").matches) {
      const holder = mark.closest(".brief-sentence, .table-box, li");
      holder.after(panel);
      panel.scrollIntoView({ block: "nearest" });
    } else if (panel.parentElement !== find(".brief-columns")) find(".brief-columns").append(panel);
    if (byKeyboard) find(".card", panel)?.focus({ preventScroll: true }); // its number leads back
  }

  function clean() {
    const sent = JSON.parse(JSON.stringify(draft.briefing));
    sent.sections = sent.sections.filter((s) => !s.struck).map((s) => ({ ...s, statements: s.statements.filter((t) => !t.struck && t.text.trim()) })).filter((s) => s.statements.length);
    sent.figures = sent.figures.filter((f) => !f.struck);
    sent.cautions = sent.cautions.filter((c) => !c.struck && c.text.trim());
    return sent;
  }

  async function save(format, made) {
    made.disabled = true;
    const found = await asked("export", { briefing: clean(), format });
    made.disabled = false;
    if (found.problem) return problem(found.problem);
    problem("");
    const bytes = Uint8Array.from(atob(found.base64), (c) => c.charCodeAt(0));
    const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(new Blob([bytes], { type: found.type })), download: found.name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    find(".brief-state").textContent = `「${found.name}」を書き出しました`;
  }

  function close() {
    draft = null;
    find(".brief-over").hidden = true;
    keep();
    find(".brief-work").hidden = true;
    document.querySelector("#briefing-topic textarea")?.focus();
  }

  async function start(given, functions) {
    root = find(".brief", given);
    server = functions;
    labels = await asked("labels", null);
    find(".brief-stop").addEventListener("click", stop);
    find(".brief-clear").addEventListener("click", close);
    for (const made of root.querySelectorAll("[data-export]")) made.addEventListener("click", () => save(made.dataset.export, made));
    try {
      draft = JSON.parse(sessionStorage.getItem(KEPT));
    } catch { /* a draft that can't be read is none */ }
    if (draft?.briefing) {
      show(true);
      measure();
    }
    root.dataset.ready = "yes";
  }

  return { start, run };
})();
