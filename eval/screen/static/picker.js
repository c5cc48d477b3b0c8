// The dialog in which a person selects a part of a document as evidence: by mouse, by touch, or by Shift and the arrows.
const EvidencePicker = (() => {
  "use strict";
  let dialog, area, said, give; // give: what the table of questions wants to be asked and told
  let text = ""; // of the document that is shown

  const field = (name) => dialog.querySelector(`[name=${name}]`);

  function start(element, documents) {
    dialog = element;
    area = dialog.querySelector(".picker-text");
    said = dialog.querySelector(".picker-said");
    for (const { id, title } of documents) field("document").add(new Option(title, id));
    field("document").addEventListener("change", show);
    // Not readonly: Chromium has no caret there, and without one nothing can be selected by keyboard.
    area.addEventListener("beforeinput", (event) => event.preventDefault());
    area.addEventListener("input", () => { area.value = text; }); // an input method can't be prevented
    dialog.querySelector(".picker-take").addEventListener("click", take);
    dialog.querySelector(".picker-close").addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => give.closed());
    dialog.querySelector(".picker-search").addEventListener("submit", (event) => {
      event.preventDefault();
      seek();
    });
  }

  function open(question, given) {
    give = given;
    dialog.querySelector(".picker-question").textContent = question;
    said.textContent = "";
    dialog.showModal();
    return show();
  }

  async function show() {
    const id = field("document").value;
    if (area.dataset.document === id) return;
    const answer = await give.read(id);
    if (id !== field("document").value) return; // another was chosen meanwhile
    text = answer?.text ?? "";
    area.value = text;
    area.dataset.document = text ? id : "";
    area.setSelectionRange(0, 0);
    area.scrollTop = 0;
    said.textContent = text ? "" : "この資料は読み込めませんでした";
  }

  function seek() {
    const words = field("words").value;
    if (!words) return;
    let at = text.indexOf(words, area.selectionEnd);
    if (at < 0) at = text.indexOf(words);
    said.textContent = at < 0 ? `「${words}」は、この資料にありません` : "";
    if (at < 0) return;
    area.focus();
    scrollTo(at);
    area.setSelectionRange(at, at + words.length);
  }

  // A textarea doesn't scroll to what a script selects: the text up to there shows how far down it stands.
  function scrollTo(at) {
    area.value = text.slice(0, at);
    area.scrollTop = area.scrollHeight;
    const top = area.scrollTop;
    area.value = text;
    area.scrollTop = top ? top + area.clientHeight / 2 : 0;
  }

  function take() {
    const quote = text.slice(area.selectionStart, area.selectionEnd).trim();
    if (!quote) {
      said.textContent = "本文の一部を選択してから押してください";
      area.focus();
      return;
    }
    const places = text.split(quote).length - 1;
    if (places > 1 && said.dataset.asked !== quote) { // a second press takes it
      said.dataset.asked = quote;
      said.textContent = `この文は資料の${places}か所にあります。前後も含めて選ぶと1か所に決まります。このままでよければ、もう一度押してください`;
      return;
    }
    give.taken({ doc: area.dataset.document, quote });
    dialog.close();
  }

  return { start, open };
})();
