// Shared by the screen and the documents' pages. Everything is delegated from the document, because Gradio redraws its parts.
(() => {
  "use strict";
  document.documentElement.lang = "ja"; // Gradio's page says en
  // A theme that the screen's address asks for holds for the documents' pages too.
  const THEME = "shirabe-theme";
  try {
    const asked = new URLSearchParams(location.search).get("__theme");
    if (location.pathname === "/" && ["dark", "light"].includes(asked)) localStorage.setItem(THEME, asked);
    else if (location.pathname === "/") localStorage.removeItem(THEME);
    else if (localStorage.getItem(THEME)) document.documentElement.style.colorScheme = localStorage.getItem(THEME);
  } catch { /* storage is forbidden: the system's theme holds */ }
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const behavior = () => (calm.matches ? "auto" : "smooth");

  function flash(element) {
    element.classList.remove("flash");
    void element.offsetWidth; // restarts the animation
    element.classList.add("flash");
  }

  function lead(link) {
    const target = document.getElementById(link.getAttribute("href").slice(1));
    if (!target) return;
    document.querySelectorAll(".is-led-to").forEach((e) => e.classList.remove("is-led-to"));
    target.classList.add("is-led-to");
    target.focus({ preventScroll: true });
    target.scrollIntoView({ behavior: behavior(), block: target.matches(".card") ? "nearest" : "center" });
    flash(target);
  }

  async function copied(text) {
    if (navigator.clipboard && window.isSecureContext) {
      try {
        await navigator.clipboard.writeText(text);
        return true;
      } catch { /* refused by the browser: the older way below */ }
    }
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "visually-hidden";
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }

  // What was done is told above the page, where it moves nothing.
  function say(text, failed = false) {
    const toast = document.getElementById("toast") ?? document.body.appendChild(Object.assign(document.createElement("p"), { id: "toast" }));
    toast.setAttribute("role", failed ? "alert" : "status");
    toast.classList.toggle("failed", failed);
    toast.textContent = text;
    toast.hidden = false;
    (document.querySelector("dialog[open]") ?? document.body).append(toast); // what stands outside of an open dialog is hidden from readers
    clearTimeout(toast.timer);
    toast.timer = setTimeout(() => { toast.hidden = true; }, failed ? 10_000 : 3500);
  }

  async function copy(button) {
    const done = await copied(button.dataset.copy);
    button.parentElement.querySelectorAll(".copy-by-hand").forEach((e) => e.remove());
    say(done ? "コピーしました" : "コピーできませんでした。下の文を選んでコピーしてください", !done);
    if (done) return;
    const area = Object.assign(document.createElement("textarea"), { className: "copy-by-hand", value: button.dataset.copy, readOnly: true, rows: 6 });
    area.setAttribute("aria-label", "コピーする文");
    button.parentElement.append(area);
    area.select();
  }

  function value(row, column) {
    const cell = row.cells[column];
    return cell.dataset.sort ?? cell.textContent;
  }

  function sort(button) {
    const head = button.closest("th");
    const ascending = head.getAttribute("aria-sort") !== "ascending";
    head.parentElement.querySelectorAll("th").forEach((th) => th.setAttribute("aria-sort", "none"));
    head.setAttribute("aria-sort", ascending ? "ascending" : "descending");
    const body = head.closest("table").tBodies[0];
    const column = head.cellIndex;
    const compare = new Intl.Collator("ja", { numeric: true }).compare;
    const rows = [...body.rows].sort((a, b) => compare(value(a, column), value(b, column)) * (ascending ? 1 : -1));
    body.append(...rows);
  }

  function filter(input) {
    const library = input.closest(".library");
    const words = input.value.normalize("NFKC").toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of library.querySelectorAll("tbody tr")) {
      const text = row.textContent.normalize("NFKC").toLowerCase();
      row.hidden = !words.every((word) => text.includes(word));
      shown += !row.hidden;
    }
    const count = library.querySelector(".library-count");
    count.textContent = words.length ? `${count.dataset.total}件中${shown}件` : `全${count.dataset.total}件`;
  }

  // A highlighted cell at the far end of a wide table would be out of sight inside its box.
  function showMark(box) {
    const mark = box.querySelector("mark");
    if (!mark) return;
    const cell = mark.closest("td, th").getBoundingClientRect();
    const frame = box.getBoundingClientRect();
    if (cell.right > frame.right || cell.left < frame.left) box.scrollLeft += cell.left - frame.left - (frame.width - cell.width) / 2;
  }

  // Gradio's box takes what is typed; its button sends it once Gradio has seen it.
  function ask(question) {
    const box = document.querySelector("#question textarea");
    if (!box) return;
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(box, question);
    box.dispatchEvent(new Event("input", { bubbles: true }));
    requestAnimationFrame(() => document.querySelector("#send")?.click());
  }

  // Gradio writes the conversation anew while an answer comes, and sets attributes back: what a person opened stays as they left it.
  const held = new WeakMap();
  const turnOf = (element) => element.closest(".turn")?.dataset.turn;
  function hold(element, name, value) {
    held.set(element, { name, value, turn: turnOf(element) });
    restore(element);
  }

  function restore(element) {
    const { name, value, turn } = held.get(element);
    if (turnOf(element) !== turn) held.delete(element); // another conversation stands there now
    else if (element.getAttribute(name) !== value) value === null ? element.removeAttribute(name) : element.setAttribute(name, value);
  }

  // A button that goes away when it is pressed by keyboard hands the focus to where the next thing is typed.
  function handOn(event) {
    if (event.detail === 0 && event.target.closest("#welcome .example, #stop-composing, #anew")) setTimeout(() => document.querySelector("#question textarea")?.focus({ preventScroll: true }));
  }

  function lookAtNew() {
    document.querySelectorAll(".table-box:not([data-seen])").forEach((box) => {
      box.dataset.seen = "yes";
      showMark(box);
    });
    const turns = document.querySelectorAll("#conversation .turn");
    const last = turns[turns.length - 1];
    if (last && last.id !== lastTurn) last.scrollIntoView({ behavior: turns.length > 1 ? behavior() : "auto", block: "start" });
    lastTurn = last?.id;
    if (typeof Work !== "undefined") Work.look();
  }

  let lastTurn;
  let asked = false;
  function watch() {
    lookAtNew();
    new MutationObserver(() => {
      if (asked) return;
      asked = true;
      requestAnimationFrame(() => {
        asked = false;
        lookAtNew();
      });
    }).observe(document.body, { childList: true, subtree: true });
    new MutationObserver((changes) => {
      for (const { target, attributeName } of changes) if (held.get(target)?.name === attributeName) restore(target);
    }).observe(document.body, { attributes: true, attributeFilter: ["open", "hidden"], subtree: true });
  }

  document.addEventListener("click", (event) => {
    handOn(event);
    const opened = event.target.closest?.("#conversation summary")?.parentElement;
    if (opened) held.set(opened, { name: "open", value: opened.open ? null : "", turn: turnOf(opened) }); // the browser does it after this
    const element = event.target.closest?.("a.cite, a.badge, [data-copy], [data-ask], [data-sort-column], [data-back]");
    if (!element) return;
    if (element.matches("a.cite, a.badge")) {
      event.preventDefault();
      lead(element);
    } else if (element.matches("[data-copy]")) copy(element);
    else if (element.matches("[data-ask]")) ask(element.dataset.ask);
    else if (element.matches("[data-sort-column]")) sort(element);
    else if (window.opener && !window.opener.closed) {
      event.preventDefault(); // the conversation is still open in the page that this one was opened from
      window.opener.focus();
      window.close();
      setTimeout(() => location.assign(element.href), 300); // where the browser doesn't let a page close itself
    }
  });
  document.addEventListener("input", (event) => {
    if (event.target.id === "library-filter") filter(event.target);
  });
  // Enter that ends the writing of kanji is no Enter that sends; Safari reports it as key code 229 after the composition.
  for (const type of ["keydown", "keypress", "keyup"]) {
    document.addEventListener(type, (event) => {
      if (event.key === "Enter" && (event.isComposing || event.keyCode === 229)) event.stopImmediatePropagation();
    }, true);
  }
  window.Shirabe = { copy, say, hold };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", watch);
  else watch();
})();
