/* The live hour: clocks that count, notes that are kept while the line is cut, and a way on by keyboard.
   Everything here is extra: without it each form posts and each page shows the time it was opened. */
(function () {
  "use strict";

  const FIRST_WAIT = 2000, LAST_WAIT = 15000, PATIENCE = 20000, NOTICE = 8000;
  const STORE = window.eyeline.prefix + "notes:" + location.pathname;
  const page = function () { return document.querySelector("[data-live]"); };

  /* ---------- clocks ---------- */
  const opened = performance.now();

  function face(seconds) { return Math.floor(seconds / 60) + ":" + String(seconds % 60).padStart(2, "0"); }

  function secondsOf(clock) {
    const since = clock.hasAttribute("data-running") ? performance.now() - Number(clock.dataset.since || opened) : 0;
    return Number(clock.dataset.spent) + Math.floor(since / 1000);
  }

  function tick() {
    document.querySelectorAll("[data-clock][data-running]").forEach(function (clock) {
      const spent = secondsOf(clock), over = spent - Number(clock.dataset.length);
      clock.textContent = face(spent) + " of " + clock.dataset.minutes + " min" + (over > 0 ? ", " + face(over) + " over" : "");
      clock.classList.toggle("late", over > 0);
    });
  }

  function setClock(clock, spent, running) {
    clock.dataset.spent = spent;
    clock.dataset.since = performance.now();
    clock.toggleAttribute("data-running", running);
  }

  function showClocks(clocks) {
    Object.entries(clocks).forEach(function ([id, told]) {
      const clock = document.getElementById(id);
      if (clock) { setClock(clock, told.spent, told.running); clock.textContent = told.words; }
    });
    showButtons();
  }

  // pressed while the line is cut: the page's own clocks change over at once
  function changeOver(item) {
    document.querySelectorAll("[data-item] [data-clock]").forEach(function (clock) {
      setClock(clock, secondsOf(clock), clock.id === "clock-" + item);
    });
    showButtons();
    tick();
  }

  function showButtons() {
    document.querySelectorAll("form[data-begins]").forEach(function (form) {
      const clock = document.getElementById("clock-" + (form.dataset.leaves || form.dataset.begins));
      const running = Boolean(clock) && clock.hasAttribute("data-running");
      form.hidden = form.dataset.leaves ? !running : running;
    });
  }

  /* ---------- what waits to be sent ---------- */
  let queue = load(), sending = null, timer = null, wait = FIRST_WAIT, isCut = false, isSignedOut = false, notice = { words: "", until: 0 };

  function load() {
    try { return JSON.parse(sessionStorage.getItem(STORE)) || []; } catch (broken) { return []; }
  }

  function store() {
    try { if (queue.length) sessionStorage.setItem(STORE, JSON.stringify(queue)); else sessionStorage.removeItem(STORE); } catch (full) { /* the page still holds it */ }
  }

  function newKey() {
    if (crypto.randomUUID) return crypto.randomUUID();
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    const hex = Array.from(bytes, function (byte) { return byte.toString(16).padStart(2, "0"); }).join("");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  }

  function enqueue(form) {
    const fields = [], key = newKey();
    new FormData(form).forEach(function (value, name) {
      if (name !== "csrfmiddlewaretoken" && name !== "idempotency_key") fields.push([name, value]);
    });
    const line = form.elements.namedItem("line"), url = form.getAttribute("action");
    if (!line && !form.dataset.begins && !sending) queue = queue.filter(function (entry) { return entry.url !== url; }); // a mark thought over
    queue.push({ key: key, url: url, fields: fields, at: Date.now(), place: form.dataset.queue || "", begins: form.dataset.begins || "", line: line ? line.value : "", problem: "" });
    store();
    show();
    if (line) line.value = "";
  }

  function bodyOf(entry) {
    const body = new FormData();
    entry.fields.forEach(function ([name, value]) { body.append(name, value); });
    if (entry.begins) body.append("seconds_ago", String(Math.max(0, Math.round((Date.now() - entry.at) / 1000))));
    body.append("idempotency_key", entry.key);
    body.append("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
    return body;
  }

  async function post(entry) {
    let response, answer;
    try {
      response = await fetch(entry.url, { method: "POST", body: bodyOf(entry), credentials: "same-origin", redirect: "manual", headers: { "X-Requested-With": "live", Accept: "application/json" }, signal: AbortSignal.timeout(PATIENCE) });
      answer = response.ok ? await response.json() : {};
      if (response.status === 422) answer = await response.json();
    } catch (cut) { return "again"; }
    if (response.status >= 500) return "again";
    if (response.status === 401 || response.status === 403 || response.type === "opaqueredirect") return "signed out";
    if (!response.ok) { refuse(entry, answer.message || "This can no longer be added here"); return "refused"; }
    queue = queue.filter(function (other) { return other !== entry; });
    store();
    problemOf(entry, "");
    put(answer, entry);
    return "sent";
  }

  function put(answer, entry) {
    Object.entries(answer.parts || {}).forEach(function ([id, html]) {
      const place = document.getElementById(id);
      if (!place) return;
      const held = place.contains(document.activeElement);
      place.innerHTML = html;
      const first = held && place.querySelector("select, button, a[href]");
      if (first) first.focus();
    });
    if (answer.clocks && !queue.some(function (other) { return other.begins; })) showClocks(answer.clocks);
    if (answer.saved_at && entry.place) document.querySelectorAll("[data-save-status]:not([data-for])").forEach(function (place) { place.textContent = "Saved at " + answer.saved_at; });
  }

  function formOf(entry) {
    return Array.from(document.querySelectorAll("form[data-queue]")).find(function (form) { return form.getAttribute("action") === entry.url; });
  }

  function problemOf(entry, words) {
    const form = formOf(entry);
    const place = form && (form.querySelector("[data-problem]") || form.parentElement.querySelector("[data-problem]"));
    if (!place) return;
    place.textContent = words;
    const line = form.elements.namedItem("line");
    if (!line) return;
    line.classList.toggle("is-invalid", Boolean(words));
    if (words) line.setAttribute("aria-invalid", "true"); else line.removeAttribute("aria-invalid");
  }

  // a line that cannot be read goes back where it was typed; where another is being typed, it stays in the list
  function refuse(entry, words) {
    entry.problem = words;
    const form = formOf(entry), line = form && form.elements.namedItem("line");
    problemOf(entry, words);
    if (!entry.line || (line && line.value === "")) takeBack(entry, line);
    store();
  }

  function takeBack(entry, line) {
    queue = queue.filter(function (other) { return other !== entry; });
    if (line && entry.line) line.value = entry.line;
    store();
    show();
  }

  async function sendAll() {
    isSignedOut = false;
    for (;;) {
      const entry = queue.find(function (other) { return !other.problem; });
      if (!entry) { isCut = false; wait = FIRST_WAIT; break; }
      const outcome = navigator.onLine ? await post(entry) : "again";
      if (outcome === "again") { isCut = true; later(); break; }
      if (outcome === "signed out") { isSignedOut = true; break; }
      isCut = false;
    }
    show();
  }

  function later() {
    clearTimeout(timer);
    timer = setTimeout(send, wait);
    wait = Math.min(wait * 2, LAST_WAIT);
  }

  async function send() {
    if (sending) return sending;
    sending = sendAll();
    await sending;
    sending = null;
    if (!isCut && !isSignedOut && queue.some(function (entry) { return !entry.problem; })) return send();
  }

  /* ---------- what is shown ---------- */
  function show() {
    document.querySelectorAll("[data-waiting]").forEach(function (list) {
      const mine = queue.filter(function (entry) { return entry.line && entry.place === list.dataset.waiting; });
      list.replaceChildren.apply(list, mine.map(shown));
    });
    queue.forEach(function (entry) { if (!entry.line && !entry.begins && (isCut || !navigator.onLine)) problemOf(entry, "Waits to be sent"); });
    sign();
  }

  function shown(entry) {
    const row = document.createElement("li"), words = document.createElement("span");
    words.textContent = entry.line;
    const state = document.createElement("small");
    state.textContent = entry.problem || "Waits to be sent";
    row.append(words, state);
    if (entry.problem) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-link btn-sm";
      button.textContent = "Type it again";
      button.addEventListener("click", function () {
        const form = formOf(entry), line = form && form.elements.namedItem("line");
        if (!line) return;
        takeBack(entry, line);
        line.focus();
      });
      row.append(button);
    }
    return row;
  }

  function sign(words) {
    const place = document.querySelector("[data-sign]");
    if (!place) return;
    if (words) notice = { words: words, until: Date.now() + NOTICE };
    const count = queue.length + window.eyeline.waiting();
    const kept = count === 1 ? "1 entry waits here" : count + " entries wait here";
    if (navigator.onLine && !count && !window.eyeline.isDirty()) notice.until = 0; // all has arrived since
    let said = Date.now() < notice.until ? notice.words : "";
    if (!said && !navigator.onLine) said = "You are offline. Type on: " + (count ? kept + " and " + (count === 1 ? "goes" : "go") + " out when the line is back" : "what you type is kept here until the line is back");
    else if (!said && isSignedOut) said = "You are signed out, or may no longer write here. " + kept + ": sign in in another tab, then open this page again in this one";
    else if (!said && count && (isCut || window.eyeline.waiting())) said = "The connection is lost. Type on: " + kept + " and " + (count === 1 ? "goes" : "go") + " out when it is back";
    if (place.textContent !== said) place.textContent = said;
  }

  /* ---------- a press that leaves the page waits until all that was typed has arrived ---------- */
  const passing = new WeakSet();

  async function arrived() {
    await send();
    return (await window.eyeline.flush()) && queue.length === 0;
  }

  async function submitWhenSafe(form, button) {
    if (navigator.onLine && (await arrived())) {
      passing.add(form);
      return form.requestSubmit(button && button.form === form ? button : undefined);
    }
    sign(queue.some(function (entry) { return entry.problem; }) ? "Not sent yet: a line under an item could not be read" : "Not sent yet: what you typed is kept here until the line is back. Then press again");
  }

  function onSubmit(event) {
    const form = event.target;
    if (form.method !== "post" || form.hasAttribute("data-autosave")) return;
    if (form.hasAttribute("data-queue")) {
      event.preventDefault();
      event.stopPropagation();
      return take(form);
    }
    if (passing.has(form)) { passing.delete(form); return; }
    if (navigator.onLine && !window.eyeline.isDirty() && !queue.length) return;
    event.preventDefault();
    event.stopPropagation();
    submitWhenSafe(form, event.submitter);
  }

  function take(form) {
    const line = form.elements.namedItem("line");
    if (line && !line.value.trim()) return;
    enqueue(form);
    if (form.dataset.begins) {
      changeOver(form.dataset.begins);
      const box = document.getElementById("m" + form.dataset.begins);
      if (box) box.focus();
    }
    send();
  }

  async function onLink(event) {
    const link = event.target.closest("a[href]");
    if (!link || event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (link.target === "_blank" || link.getAttribute("href").startsWith("#")) return;
    if (navigator.onLine && !window.eyeline.isDirty() && !queue.length) return;
    event.preventDefault();
    if (navigator.onLine && (await arrived())) return location.assign(link.href);
    sign("This page stays open: what you typed is kept here until the line is back");
  }

  function onLeave(event) {
    if (queue.length || window.eyeline.waiting()) event.preventDefault();
  }

  /* ---------- the keyboard ---------- */
  function onKey(event) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    const item = event.target.closest && event.target.closest("[data-item]");
    if (!item) return;
    event.preventDefault();
    const line = event.target.matches("[name=line]") && event.target.value.trim() ? event.target.form : null;
    if (line) line.requestSubmit();
    const items = Array.from(document.querySelectorAll("[data-item]"));
    const following = items[items.indexOf(item) + 1];
    if (!following) return;
    const begin = following.querySelector("form[data-begins]:not([data-leaves]):not([hidden])");
    if (begin) return begin.requestSubmit();
    const box = following.querySelector("textarea");
    if (box) box.focus();
  }

  /* ---------- paste from Word: the words stand at once, their lists follow when the server has read them ---------- */
  function onPaste(event) {
    const field = event.target, clip = event.clipboardData;
    if (!field.matches || !field.matches("textarea[data-paste]") || !clip) return;
    const html = clip.getData("text/html");
    if (!/<(li|table)\b|mso-list/i.test(html)) return;
    const start = field.selectionStart;
    setTimeout(function () { tidy(field, start, field.value.slice(start, field.selectionEnd), html); }, 0);
  }

  async function tidy(field, start, pasted, html) {
    const body = new FormData();
    body.append("html", html);
    body.append("csrfmiddlewaretoken", field.form.elements.namedItem("csrfmiddlewaretoken").value);
    let text = "";
    try {
      const response = await fetch(field.dataset.paste, { method: "POST", body: body, credentials: "same-origin", signal: AbortSignal.timeout(PATIENCE) });
      if (response.ok) text = (await response.json()).text;
    } catch (cut) { return; }
    if (!text || !pasted || field.value.slice(start, start + pasted.length) !== pasted) return;
    field.setRangeText(text, start, start + pasted.length, "preserve");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  document.addEventListener("DOMContentLoaded", function () {
    if (!page()) return;
    document.addEventListener("submit", onSubmit, true);
    document.addEventListener("click", onLink);
    document.addEventListener("keydown", onKey);
    document.addEventListener("paste", onPaste);
    window.addEventListener("beforeunload", onLeave);
    window.addEventListener("online", function () { wait = FIRST_WAIT; send(); sign(); });
    window.addEventListener("offline", function () { sign(); });
    setInterval(function () { tick(); sign(); }, 1000);
    show();
    if (queue.length) send();
  });
})();
