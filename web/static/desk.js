// The desk without this file works by whole pages. With it a page changes in place, and things can be dragged.
"use strict";
(() => {
  const main = document.getElementById("main");
  const said = document.getElementById("said");
  let asking = null;

  function say(text) {
    said.textContent = "";
    setTimeout(() => { said.textContent = text; }, 50);
  }

  // Focus stays where it was: on the button that was pressed, on another of the same item, or at what is to be read.
  function focusOn(id) {
    const other = id.replace(/^up-/, "down-");
    const same = other === id ? id.replace(/^down-/, "up-") : other;
    const name = id.replace(/^[a-zA-Z]+-/, "");
    const near = [id, same, `up-${name}`, `down-${name}`, "save", "find-to-pin"];
    const button = near.map((each) => document.getElementById(each)).find((each) => each && !each.disabled);
    (button || main).focus();
  }

  // What a button promises to show is above it: the page goes there, and the bar of what is proposed, which stays at the
  // window's upper edge, back to its own place before the results.
  function look() {
    const notice = main.querySelector(".notice");
    const title = document.getElementById("draft-title");
    if (title) title.focus({ preventScroll: true });
    (notice || document.getElementById("work")).scrollIntoView();
  }

  function swap(text, button) {
    const id = button ? button.id : "";
    const page = new DOMParser().parseFromString(text, "text/html");
    const found = page.getElementById("main");
    if (!found) { location.reload(); return; }
    main.replaceChildren(...document.adoptNode(found).childNodes);
    document.title = page.title;
    prepare();
    const judging = main.querySelector("[data-judge]");
    if (judging) { frame(main.querySelector("[data-current]") || main.querySelector("[data-last]"), true); }
    else if (button && "look" in button.dataset) { look(); }
    else if (id) { focusOn(id); }
    tell();
  }

  // What is to be heard by who does not see it.
  function tell() {
    const told = [...main.querySelectorAll("[data-say]")].map((each) => each.dataset.say || each.innerText);
    if (told.length) say(told.join(". "));
  }

  async function send(form, button) {
    const body = new URLSearchParams(new FormData(form));
    if (button && button.name) body.set(button.name, button.value);
    main.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "text/html" } });
      if (answer.redirected) { location.assign(answer.url); return; }
      swap(await answer.text(), button);
    } catch {
      say("The service does not answer. Nothing was changed; try again.");
      alert("The service does not answer. Nothing was changed; try again.");
    } finally {
      main.removeAttribute("aria-busy");
    }
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (main.getAttribute("aria-busy") === "true") { event.preventDefault(); return; }
    if (!form.hasAttribute("data-swap")) return;
    event.preventDefault();
    send(form, event.submitter);
  });

  // What is found, while it is typed; an answer that comes late is not shown over a newer one.
  document.addEventListener("input", (event) => {
    const target = event.target.dataset.live && document.getElementById(event.target.dataset.live);
    if (!target) return;
    const form = event.target.form;
    clearTimeout(asking && asking.timer);
    if (asking) asking.abort.abort();
    const abort = new AbortController();
    const timer = setTimeout(async () => {
      const fields = new URLSearchParams(new FormData(form));
      const typed = event.target.value.trim();
      if (!typed) { target.replaceChildren(); return; }
      try {
        const answer = form.method === "get"
          ? await fetch(`${form.action}?${fields}`, { signal: abort.signal })
          : await fetch(form.action, { method: "POST", body: (fields.set("do", "find"), fields), signal: abort.signal });
        if (answer.redirected && form.method === "get" && !answer.url.includes("/find")) return;
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const found = page.getElementById(target.id);
        if (found) target.replaceChildren(...document.adoptNode(found).childNodes);
        const count = target.querySelectorAll("li").length;
        say(count ? `${count} articles found` : "No article found");
      } catch (error) {
        if (error.name !== "AbortError") say("The service does not answer.");
      }
    }, 150);
    asking = { abort, timer };
  });

  // Dragging, beside the buttons that do the same.
  let dragged = null;

  function prepare() {
    for (const item of main.querySelectorAll("[data-order] .item")) item.draggable = true;
    // what gets the focus is not scrolled to behind what is not saved yet
    const draft = main.querySelector(".draft");
    document.documentElement.style.scrollPaddingTop = draft ? `${draft.offsetHeight + 16}px` : "";
  }

  function over(event) {
    const item = dragged && event.target.closest && event.target.closest("[data-order] .item");
    for (const each of main.querySelectorAll(".over, .over-after")) each.classList.remove("over", "over-after");
    if (!item || item === dragged) return null;
    const after = Number(item.dataset.place) > Number(dragged.dataset.place);
    item.classList.add(after ? "over-after" : "over");
    return item;
  }

  document.addEventListener("dragstart", (event) => {
    dragged = event.target.closest && event.target.closest("[data-order] .item");
    if (!dragged) return;
    event.dataTransfer.setData("text/plain", dragged.dataset.id);
    event.dataTransfer.effectAllowed = "move";
    dragged.classList.add("dragged");
  });
  document.addEventListener("dragover", (event) => { if (over(event)) event.preventDefault(); });
  document.addEventListener("dragend", (event) => {
    if (dragged) dragged.classList.remove("dragged");
    dragged = null;
    over(event);
  });
  document.addEventListener("drop", (event) => {
    const item = over(event);
    if (!item) return;
    event.preventDefault();
    const id = dragged.dataset.id;
    const form = document.getElementById("work");
    send(form, { name: "do", value: `place ${id} ${item.dataset.place}`, id: `up-${id}` });
  });

  // Grading by keys, on the item that is framed.
  function frame(item, focus) {
    for (const each of main.querySelectorAll(".item.at")) each.classList.remove("at");
    if (!item) return;
    item.classList.add("at");
    item.scrollIntoView({ block: "nearest" });
    if (focus) item.focus({ preventScroll: true });
  }

  document.addEventListener("focusin", (event) => {
    const item = event.target.closest(".judged");
    if (item) frame(item, false);
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      const open = event.target.closest && event.target.closest("details.more[open]");
      if (open) { open.open = false; open.querySelector("summary").focus(); }
    }
    const items = [...main.querySelectorAll("[data-judge] .item")];
    const typing = event.target.matches("input, textarea") || event.ctrlKey || event.metaKey || event.altKey;
    if (!items.length || typing || event.repeat) return;
    const at = items.findIndex((each) => each.classList.contains("at"));
    if (event.key === "j" || event.key === "k") {
      frame(items[Math.max(0, Math.min(items.length - 1, at + (event.key === "j" ? 1 : -1)))], true);
    } else if (event.key === "n") {
      document.getElementById("next").click();
    } else {
      // a reason is graded after its item, which is the last one then
      const last = main.querySelector("[data-last]");
      const of = "tex".includes(event.key) && !document.activeElement.closest(".judged.done") ? last : items[at];
      const button = of && of.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
      if (button && !button.disabled) button.click();
    }
  });

  // One menu at a time.
  document.addEventListener("toggle", (event) => {
    if (!event.target.matches || !event.target.matches("details.more") || !event.target.open) return;
    for (const other of main.querySelectorAll("details.more[open]")) if (other !== event.target) other.open = false;
  }, true);

  prepare();
  tell();
  frame(main.querySelector("[data-current]"), Boolean(main.querySelector("[data-judge]")));
})();
