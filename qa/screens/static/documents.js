// The screen of documents. Delegated from the document, because Gradio draws its parts when it likes.
(() => {
  "use strict";
  const get = (id) => document.getElementById(id);
  let timer;
  let asked = false;

  async function send(path, options = {}) {
    const response = await fetch(`documents/${path}`, { method: "POST", ...options, headers: { "X-Shirabe": "1", ...options.headers } });
    const found = await response.json().catch(() => ({}));
    if (!response.ok) throw new Error(found.problem ?? found.detail ?? "サーバーに届きませんでした。もう一度お試しください");
    return found;
  }

  const set = (element, html) => {
    if (element && element.dataset.html !== html) {
      element.dataset.html = html;
      element.innerHTML = html;
    }
  };

  function show(state) {
    set(get("document-jobs"), state.jobs);
    const words = get("library-filter")?.value;
    set(get("document-list"), state.list);
    const box = get("library-filter");
    if (box && words) {
      box.value = words;
      box.dispatchEvent(new Event("input", { bubbles: true }));
    }
    clearTimeout(timer);
    timer = state.busy ? setTimeout(look, 700) : undefined;
  }

  async function look() {
    try {
      const response = await fetch("documents/state");
      show(await response.json());
      said("");
    } catch {
      said("サーバーに届きません。つながり次第、続きを表示します");
      timer = setTimeout(look, 3000);
    }
  }

  const said = (text) => {
    const place = get("document-problem");
    if (place) place.innerHTML = "";
    if (place && text) place.append(Object.assign(document.createElement("p"), { className: "error", textContent: text }));
  };

  async function upload(files) {
    const scope = document.querySelector('[name="document-scope"]:checked')?.value ?? "own";
    const problems = [];
    for (const file of files) {
      try {
        await send(`files?scope=${scope}`, { body: file, headers: { "X-Name": encodeURIComponent((file.webkitRelativePath || file.name).toWellFormed?.() ?? file.name) } });
        if (!timer) look();
      } catch (error) {
        problems.push(`${file.name}: ${error.message}`);
      }
    }
    await look();
    if (problems.length) said(problems.join("\n"));
  }

  async function entries(item) {
    if (item.isFile) return [await new Promise((done, failed) => item.file(done, failed))];
    const reader = item.createReader();
    const found = [];
    for (;;) {
      const part = await new Promise((done, failed) => reader.readEntries(done, failed));
      if (!part.length) return found;
      for (const inner of part) if (!inner.name.startsWith(".")) found.push(...(await entries(inner)));
    }
  }

  function open(dialog, button) {
    dialog.dataset.id = button.dataset.id;
    dialog.querySelector(".error").hidden = true;
    for (const name of ["title", "issuer", "date"]) {
      const field = dialog.querySelector(`[name="${name}"]`);
      if (field) field.value = button.dataset[name];
    }
    const what = dialog.querySelector(".what");
    if (what) what.textContent = `「${button.dataset.title}」`;
    dialog.showModal();
  }

  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("[data-job-stop], [data-job-clear], [data-document-edit], [data-document-remove], #documents [data-close]");
    if (!button) return;
    if (button.matches("[data-close]")) return button.closest("dialog").close();
    if (button.matches("[data-document-edit]")) return open(get("document-edit"), button);
    if (button.matches("[data-document-remove]")) return open(get("document-remove"), button);
    button.disabled = true;
    try {
      show(await send(button.matches("[data-job-clear]") ? "clear" : `stop?job=${button.dataset.jobStop}`));
    } catch (error) {
      said(error.message);
    }
  });
  document.addEventListener("submit", async (event) => {
    const dialog = event.target.closest?.("#document-edit, #document-remove");
    if (!dialog) return;
    event.preventDefault();
    const button = dialog.querySelector("[type=submit]");
    button.disabled = true;
    try {
      const id = encodeURIComponent(dialog.dataset.id);
      const values = Object.fromEntries(new FormData(event.target));
      show(await (dialog.id === "document-edit" ? send(`edit/${id}`, { body: JSON.stringify(values), headers: { "Content-Type": "application/json" } }) : send(`remove/${id}`)));
      dialog.close();
    } catch (error) {
      Object.assign(dialog.querySelector(".error"), { hidden: false, textContent: error.message });
    } finally {
      button.disabled = false;
    }
  });
  document.addEventListener("change", (event) => {
    if (event.target.id !== "document-files") return;
    const files = [...event.target.files];
    event.target.value = "";
    upload(files);
  });
  for (const type of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(type, async (event) => {
      const zone = event.target.closest?.("#drop-zone");
      get("drop-zone")?.classList.toggle("over", Boolean(zone) && type === "dragover");
      if (!zone) return;
      event.preventDefault();
      if (type !== "drop") return;
      const items = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
      upload(items.length ? (await Promise.all(items.map(entries))).flat() : [...event.dataTransfer.files]);
    });
  }
  new MutationObserver(() => {
    if (!asked && get("document-list")) {
      asked = true;
      look();
    }
  }).observe(document, { childList: true, subtree: true });
})();
