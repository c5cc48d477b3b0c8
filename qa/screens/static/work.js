// What a person keeps: notes, the list of conversations, feedback. The server keeps them by a cookie; this shows and changes them.
const Work = (() => {
  "use strict";
  const CURRENT = "shirabe-conversation"; // the conversation of this browser tab, so that a reload shows it again
  const TAKE = "ノートに取る";
  const TAKEN = "ノート済み";
  let state = { noted: [], feedback: {} };
  let notes = { text: "", topics: [] };
  let send = () => {}; // tells Python which conversation to show
  let started = false;
  let looking; // the newest search among conversations

  const find = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  async function asked(path, body) {
    try {
      const options = body ? { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) } : {};
      return await (await fetch(`work/${path}`, options)).json();
    } catch {
      return { problem: "サーバーにつながりません。起動しているか確かめて、もう一度お試しください" };
    }
  }

  // Buttons of the chat

  function dress(within = document) {
    const noted = new Set(state.noted);
    for (const button of all(".take-note", within)) {
      const taken = noted.has(button.dataset.source);
      button.setAttribute("aria-pressed", taken);
      button.textContent = taken ? TAKEN : TAKE;
      button.setAttribute("aria-label", taken ? `${button.dataset.of}をノートから外す` : `${button.dataset.of}をノートに取る`);
    }
    for (const group of all("[data-feedback]", within)) {
      const verdict = state.feedback[group.dataset.feedback]?.[0];
      for (const button of group.children) button.setAttribute("aria-pressed", button.dataset.verdict === verdict);
    }
  }

  function known(answer) {
    if (answer.noted) state = { noted: answer.noted, feedback: answer.feedback };
    if (answer.html !== undefined && answer.noted) showNotes(answer);
    dress();
  }

  async function takeNote(button) {
    const taken = button.getAttribute("aria-pressed") === "true";
    const answer = await asked(taken ? "notes/drop" : "notes/take", { source: button.dataset.source });
    if (answer.problem) return Shirabe.say(answer.problem, true);
    known(answer);
    Shirabe.say(taken ? "ノートから外しました" : "作業ノートに入れました");
  }

  async function judge(button) {
    const group = button.closest("[data-feedback]");
    const turn = group.dataset.feedback;
    const form = find(`[data-reason-of="${CSS.escape(turn)}"]`);
    const withdrawn = button.getAttribute("aria-pressed") === "true";
    if (!withdrawn && button.dataset.verdict === "bad") {
      Shirabe.hold(form, "hidden", null);
      return find("input", form).focus();
    }
    Shirabe.hold(form, "hidden", "");
    const answer = withdrawn ? await asked("feedback/withdraw", { turn }) : await asked("feedback", { turn, verdict: "good" });
    if (answer.problem) return Shirabe.say(answer.problem, true);
    known(answer);
    Shirabe.say(withdrawn ? "評価を取り消しました" : "評価を残しました");
  }

  async function sendReason(form) {
    const turn = form.dataset.reasonOf;
    const group = find(`[data-feedback="${CSS.escape(turn)}"]`);
    const answer = await asked("feedback", { turn, verdict: "bad", reason: find("input:checked", form)?.value ?? "", comment: find("textarea", form).value });
    if (answer.problem) return Shirabe.say(answer.problem, true);
    Shirabe.hold(form, "hidden", "");
    known(answer);
    Shirabe.say("評価を残しました");
    find("[data-verdict=bad]", group).focus();
  }

  function cancelReason(form) {
    Shirabe.hold(form, "hidden", "");
    find(`[data-feedback="${CSS.escape(form.dataset.reasonOf)}"] [data-verdict=bad]`).focus();
  }

  // The notebook

  function showNotes(answer) {
    notes = answer;
    const root = find("#notebook");
    if (!root) return;
    find(".notes-list", root).innerHTML = answer.html;
    for (const name of ["copy", "clear"]) find(`[data-notes=${name}]`, root).disabled = !answer.topics.length;
    const brief = find("[data-notes=brief]", root);
    brief.hidden = false;
    brief.disabled = !answer.topics.length;
  }

  async function change(path, body, said, focus) {
    const answer = await asked(`notes/${path}`, body);
    if (answer.problem) return Shirabe.say(answer.problem, true);
    known(answer);
    if (said) Shirabe.say(said);
    find("[data-notes=restore]").hidden = !["remove", "clear"].includes(path);
    if (focus) (find(focus) ?? find("#notebook .kept") ?? find("[data-notes=restore]"))?.focus();
  }

  function move(button, by) {
    const ids = all("#notebook .kept").map((item) => Number(item.dataset.note));
    const id = Number(button.dataset.noteUp ?? button.dataset.noteDown);
    const place = ids.indexOf(id);
    ids.splice(place + by, 0, ...ids.splice(place, 1));
    const name = by < 0 ? "up" : "down";
    change("order", { ids }, `${place + by + 1}番目に動かしました`, `[data-note-${name}="${id}"]:not(:disabled), [data-note="${id}"]`);
  }

  function removeNote(button) {
    const item = button.closest(".kept");
    const next = item.nextElementSibling ?? item.previousElementSibling;
    change("remove", { ids: [Number(item.dataset.note)] }, "ノートを1件消しました", next ? `[data-note="${next.dataset.note}"]` : "[data-notes=restore]");
  }

  // Gradio puts a tab's content on the page when the tab is first opened.
  async function toBriefing() {
    openTab("ブリーフィング");
    let box;
    for (let tries = 0; !box && tries < 50; tries += 1) {
      await new Promise((done) => { setTimeout(done, 100); });
      box = find("#briefing-topic :is(textarea, input)");
    }
    if (!box) return Shirabe.say("ブリーフィングの画面を開けませんでした。画面を開き直して、もう一度お試しください", true);
    box.value = notes.topics.join("\n");
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus();
  }

  function fillQuestion(text) {
    const box = find("#question textarea");
    box.value = text;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    openTab("質問");
    setTimeout(() => box.focus(), 100);
  }

  function openTab(name) {
    all('#tabs [role="tab"]').find((tab) => tab.textContent.trim().startsWith(name))?.click();
  }

  const NOTES = {
    copy: (button) => { button.dataset.copy = notes.text; Shirabe.copy(button); },
    brief: toBriefing,
    clear: (button) => sure(button, "ノートをすべて消しますか", () => change("clear", { sure: true }, "ノートをすべて消しました", "[data-notes=restore]")),
    restore: () => change("restore", { sure: true }, "元に戻しました", "#notebook .kept"),
  };

  // Asks in place before something is deleted; the safe button has the focus.
  function sure(button, question, then) {
    const box = Object.assign(document.createElement("span"), { className: "sure" });
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", question);
    const yes = Object.assign(document.createElement("button"), { type: "button", className: "button small danger", textContent: "消す" });
    const no = Object.assign(document.createElement("button"), { type: "button", className: "button small", textContent: "やめる" });
    box.append(`${question} `, yes, " ", no);
    const close = () => { box.remove(); button.hidden = false; };
    yes.addEventListener("click", () => { close(); then(); });
    no.addEventListener("click", () => { close(); button.focus(); });
    box.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault(); // the dialog around it stays open
      no.click();
    });
    button.hidden = true;
    button.after(box);
    no.focus();
  }

  // Conversations

  function showList(answer) {
    const list = find("#talks .talks-list");
    list.innerHTML = answer.html ?? "";
    if (answer.problem) list.textContent = answer.problem;
    const current = sessionStorage.getItem(CURRENT);
    for (const time of all("time", list)) time.textContent = new Date(time.dateTime).toLocaleString("ja-JP", { dateStyle: "medium", timeStyle: "short" });
    for (const item of all("[data-talk]", list)) {
      item.classList.toggle("current", item.dataset.talk === current);
      if (item.dataset.talk === current) find(".talk-open", item).setAttribute("aria-current", "true");
    }
  }

  async function searchTalks() {
    const words = find("#talks-words").value;
    looking = words;
    const answer = await asked(`conversations?words=${encodeURIComponent(words)}`);
    if (looking === words) showList(answer); // a slower answer to fewer letters must not come last
  }

  function openTalk(id) {
    find("#talks").close();
    if (id) sessionStorage.setItem(CURRENT, id);
    else sessionStorage.removeItem(CURRENT);
    send({ id });
    find("#question textarea")?.focus({ preventScroll: true });
  }

  function deleteTalk(button) {
    const id = button.closest("[data-talk]").dataset.talk;
    sure(button, "この会話を消しますか", async () => {
      showList(await asked("conversations/delete", { id, words: find("#talks-words").value }));
      (find("#talks .talk-open") ?? find("#talks-words")).focus();
      if (sessionStorage.getItem(CURRENT) === id) {
        sessionStorage.removeItem(CURRENT);
        send({ id: "" });
      }
    });
  }

  // What is on the page now belongs to which conversation

  function current() {
    return sessionStorage.getItem(CURRENT) ?? "";
  }

  function look() {
    const last = all("#conversation .turn").pop();
    if (last?.dataset.conversation) sessionStorage.setItem(CURRENT, last.dataset.conversation);
    if (last) document.documentElement.classList.remove("restoring");
    const fresh = all(".turn[data-turn]:not([data-dressed])");
    for (const turn of fresh) {
      turn.dataset.dressed = "yes";
      dress(turn);
    }
    const notebook = find("#notebook"); // it comes when its tab is first opened, and what has been noted is wanted before
    if (!started || (notebook && !notebook.dataset.ready)) start();
  }

  async function start() {
    started = true;
    const notebook = find("#notebook");
    if (notebook) notebook.dataset.ready = "yes";
    const answer = await asked("notes");
    if (answer.problem && notebook) find(".notes-list", notebook).innerHTML = Object.assign(document.createElement("p"), { className: "error", textContent: answer.problem }).outerHTML;
    else known(answer);
  }

  function talks(trigger) {
    send = (chosen) => trigger("select", chosen);
  }

  function restored() {
    document.documentElement.classList.remove("restoring");
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button, dialog");
    if (!button) return;
    const data = button.dataset;
    if (button.matches(".take-note")) takeNote(button);
    else if (data.verdict) judge(button);
    else if ("reasonCancel" in data) cancelReason(button.form);
    else if (data.ask) fillQuestion(data.ask);
    else if (data.notes) NOTES[data.notes](button);
    else if (data.noteUp) move(button, -1);
    else if (data.noteDown) move(button, 1);
    else if (data.noteRemove) removeNote(button);
    else if (button.id === "history") {
      find("#talks").showModal();
      searchTalks();
    } else if (data.talks === "close" || (button.id === "talks" && event.target === button)) find("#talks").close();
    else if (button.matches(".talk-open")) openTalk(button.closest("[data-talk]").dataset.talk);
    else if (button.matches(".talk-delete")) deleteTalk(button);
    else if (button.id === "anew") sessionStorage.removeItem(CURRENT);
    else if (button.matches('[role="tab"]')) asked("notes").then(known); // another window may have noted something
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-reason-of]")) return;
    event.preventDefault();
    sendReason(event.target);
  });
  document.addEventListener("input", (event) => {
    if (event.target.id === "talks-words") searchTalks();
  });
  if (current()) {
    document.documentElement.classList.add("restoring"); // the greeting isn't shown for a moment
    setTimeout(restored, 3000);
  }
  return { current, look, restored, talks };
})();
