/* Everything here is extra: each page works without it. */
(function () {
  "use strict";

  const PREFIX = "eyeline-draft:";
  const PAUSE = 1000;
  const FIRST_WAIT = 2000, LAST_WAIT = 15000, PATIENCE = 20000, MOST_UNANSWERED = 12;
  const savers = [];

  /* ---------- focus ---------- */
  function focusFirst() {
    const target = document.querySelector("[data-focus]");
    if (target) target.focus();
  }

  /* ---------- save as you go ---------- */
  function versionOf(form) {
    const version = form.elements.namedItem("version");
    return version ? version.value : "";
  }

  function storageKey(form) { return PREFIX + form.dataset.autosave; }

  function fieldsOf(form) {
    return Array.from(form.elements).filter(function (field) {
      return field.name && field.type !== "hidden" && field.type !== "file" && field.type !== "password" && field.type !== "submit" && field.type !== "button";
    });
  }

  // what the page showed of a field that several people fill, so that only what was typed here is sent on
  function shownOf(form, field) { return form.elements.namedItem("was-" + field.name); }

  function settle(form, sent) {
    fieldsOf(form).forEach(function (field) {
      const shown = shownOf(form, field);
      if (shown && sent.has(field.name)) shown.value = sent.get(field.name);
    });
  }

  // the server put two entries together: the field shows both, unless it was typed in since
  function correct(form, sent, values) {
    Object.entries(values).forEach(function ([name, value]) {
      const field = form.elements.namedItem(name);
      if (!field || field.value !== sent.get(name)) return;
      field.value = value;
      const shown = shownOf(form, field);
      if (shown) shown.value = value;
    });
  }

  function keep(form, unanswered) {
    const held = { version: versionOf(form) };
    const apart = form.elements.namedItem("kept");
    if (apart && apart.value) held["eyeline-kept"] = apart.value;
    if (unanswered && unanswered.length) held["eyeline-unanswered"] = unanswered;
    fieldsOf(form).forEach(function (field) {
      if ((field.type === "checkbox" || field.type === "radio") && !field.checked) return;
      const shown = shownOf(form, field);
      if (shown && shown.value === field.value) return;
      held[field.name] = field.value;
    });
    try { sessionStorage.setItem(storageKey(form), JSON.stringify(held)); } catch (full) { /* nothing is lost: the page still holds it */ }
  }

  function forget(form) { try { sessionStorage.removeItem(storageKey(form)); } catch (none) { /* no storage, nothing kept */ } }

  function forgetAll() {
    try {
      Object.keys(sessionStorage).filter(function (key) { return key.startsWith(PREFIX); }).forEach(function (key) { sessionStorage.removeItem(key); });
    } catch (none) { /* no storage, nothing kept */ }
  }

  // the saved text was chosen, so the words kept in this browser are let go
  function forgetOnClick(link) {
    link.addEventListener("click", function () {
      try { sessionStorage.removeItem(PREFIX + link.dataset.forget); } catch (none) { /* no storage, nothing kept */ }
    });
  }

  function restore(form) {
    let held = null;
    try { held = JSON.parse(sessionStorage.getItem(storageKey(form))); } catch (broken) { held = null; }
    if (!held) return { changed: false, unanswered: [] };
    const version = form.elements.namedItem("version");
    let changed = false;
    fieldsOf(form).forEach(function (field) {
      if (field === version || !(field.name in held) || field.type === "checkbox" || field.type === "radio") return;
      if (field.value !== held[field.name]) { field.value = held[field.name]; changed = true; }
    });
    // words kept from an older version go back under that version: the server then shows both texts
    if (changed && version) version.value = held.version;
    if (changed && held["eyeline-kept"]) setField(form, "kept", held["eyeline-kept"]);
    if (!changed) forget(form);
    return { changed: changed, unanswered: (changed && held["eyeline-unanswered"]) || [] };
  }

  function statusOf(form) {
    return form.querySelector("[data-save-status]") || (form.id && document.querySelector("[data-save-status][data-for='" + form.id + "']")) || document.querySelector("[data-save-status]:not([data-for])");
  }

  function showConflict(form, url) {
    const place = form.querySelector("[data-conflict]");
    if (!place) return;
    place.querySelector("a").href = url;
    place.hidden = false;
  }

  function say(form, words, link) {
    const place = statusOf(form);
    if (!place) return;
    const strong = document.createElement("strong");
    strong.textContent = words;
    place.replaceChildren(strong);
    if (link) {
      const anchor = document.createElement("a");
      anchor.href = link.url;
      anchor.textContent = link.words;
      place.append(" ", anchor);
    }
  }

  // a form that merges: its server knows the texts it never answered, and goes on with one kept apart
  function merges(form) { return form.hasAttribute("data-merges"); }

  function setField(form, name, value) {
    const field = form.elements.namedItem(name);
    if (field) field.value = value;
  }

  function watch(form) {
    const restored = restore(form);
    let timer = null, running = null, dirty = false, failed = false, stopped = false, wait = FIRST_WAIT;
    let unanswered = restored.unanswered;

    function typed() {
      dirty = true;
      keep(form, unanswered);
      if (!stopped) soon(PAUSE);
    }

    function soon(pause) {
      clearTimeout(timer);
      timer = setTimeout(save, pause);
    }

    function saved(answer, sent) {
      failed = false;
      wait = FIRST_WAIT;
      unanswered = [];
      const version = form.elements.namedItem("version");
      if (version && answer.version !== undefined) version.value = answer.version;
      if (merges(form)) setField(form, "kept", answer.kept || "");
      settle(form, sent);
      correct(form, sent, answer.values || {});
      if (answer.moved) move(form, answer.moved);
      if (dirty) keep(form, unanswered); else if (answer.saved_at) forget(form);
      say(form, answer.said || "Saved at " + answer.saved_at);
      Object.entries(answer.words || {}).forEach(function ([name, words]) {
        document.querySelectorAll("[data-words='" + name + "']").forEach(function (place) { place.textContent = words; });
      });
      Object.entries(answer.widths || {}).forEach(function ([name, width]) {
        document.querySelectorAll("[data-width='" + name + "']").forEach(function (bar) { bar.setAttribute("width", width); });
      });
      Object.entries(answer.open || {}).forEach(function ([id, opens]) {
        const part = document.getElementById(id);
        if (part && opens) part.open = true;
      });
    }

    // the first words began a draft: the page goes on as that draft's own
    function move(form, moved) {
      forget(form);
      form.dataset.autosave = moved.autosave;
      form.action = moved.url;
      const key = form.elements.namedItem("idempotency_key");
      if (key) key.value = moved.key;
      const of = form.elements.namedItem("request");
      if (of) of.value = moved.pk;
      history.replaceState(null, "", moved.url);
    }

    async function conflict(response, sent) {
      const answer = await response.json().catch(function () { return {}; });
      if (answer.kept && merges(form)) {
        saved({ kept: answer.kept, saved_at: "now", said: answer.said }, sent);
        return showConflict(form, answer.url);
      }
      stopped = true;
      if (answer.url && !dirty) forget(form); // the server keeps these words now, beside the others
      say(form, "Not saved: somebody else changed this.", answer.url ? { url: answer.url, words: "See both texts" } : null);
    }

    async function refuse(response, sent) {
      if (response.status === 409) return conflict(response, sent);
      dirty = failed = true;
      keep(form, unanswered);
      if (response.status === 401) return say(form, "Not saved: you are signed out. Your words are kept here.");
      const answer = await response.json().catch(function () { return {}; });
      if (response.status === 403) return say(form, answer.message ? answer.message + ". Your words are kept here." : "Not saved: you are signed out. Your words are kept here.");
      say(form, answer.message || "Not saved: use the button below");
      if (response.status >= 500) again();
    }

    function again() {
      soon(wait);
      wait = Math.min(wait * 2, LAST_WAIT);
    }

    function lost() {
      dirty = failed = true;
      keep(form, unanswered);
      say(form, navigator.onLine ? "Not saved: the connection was lost" : "Not saved: you are offline");
      again();
    }

    // the words of this request may have arrived though its answer did not
    function remember(sent) {
      const text = sent.get("text");
      if (merges(form) && text !== null && !unanswered.includes(text)) unanswered = unanswered.concat(text).slice(-MOST_UNANSWERED);
    }

    async function post(closing) {
      dirty = false;
      const sent = new FormData(form), body = new FormData(form);
      if (merges(form)) unanswered.forEach(function (text) { body.append("unanswered", text); });
      let response;
      try {
        response = await fetch(form.dataset.autosave, {
          method: "POST", body: body, credentials: "same-origin", redirect: "manual", keepalive: closing,
          headers: { "X-Requested-With": "autosave", Accept: "application/json" }, signal: AbortSignal.timeout(PATIENCE),
        });
        if (response.ok) return saved(await response.json(), sent);
      } catch (cut) {
        remember(sent);
        return lost();
      }
      if (response.type !== "opaqueredirect") return refuse(response, sent);
      dirty = failed = true;
      say(form, "Not saved: you are signed out. Your words are kept here.");
    }

    async function save(closing) {
      clearTimeout(timer);
      if (running || !dirty || stopped) return running;
      if (!navigator.onLine) return lost();
      running = post(closing === true);
      await running;
      running = null;
      if (dirty && !failed) soon(PAUSE);
    }

    async function flush() {
      await running;
      await save();
      await running;
      return !dirty;
    }

    // a field may stand outside its form, in another cell of the row
    ["input", "change"].forEach(function (kind) {
      document.addEventListener(kind, function (event) { if (event.target.form === form) typed(); });
    });
    form.addEventListener("submit", function () { stopped = true; clearTimeout(timer); });
    window.addEventListener("online", function () { if (dirty) soon(0); });
    window.addEventListener("offline", function () { if (dirty) say(form, "Not saved: you are offline"); });
    window.addEventListener("pagehide", function () { save(true); });
    document.addEventListener("visibilitychange", function () { if (document.hidden) save(true); });
    savers.push({ flush: flush, isWaiting: function () { return dirty && failed; }, isDirty: function () { return dirty || running !== null; } });
    if (restored.changed) typed();
  }

  // what else saves on this page asks here whether all that was typed has arrived
  window.eyeline = {
    prefix: PREFIX,
    isDirty: function () { return savers.some(function (saver) { return saver.isDirty(); }); },
    waiting: function () { return savers.filter(function (saver) { return saver.isWaiting(); }).length; },
    flush: async function () {
      const done = await Promise.all(savers.map(function (saver) { return saver.flush(); }));
      return done.every(Boolean);
    },
  };

  /* ---------- what stands half typed beside the form that is sent ---------- */
  const BESIDE = PREFIX + "beside:" + location.pathname;
  let leaving = null;

  function halfTyped() {
    return Array.from(document.querySelectorAll("textarea[id]")).filter(function (field) {
      return field.form && field.form !== leaving && !field.form.dataset.autosave && field.value !== field.defaultValue;
    });
  }

  function keepBeside() {
    const fields = leaving && !leaving.hasAttribute("data-sign-out") ? halfTyped() : [];
    if (!fields.length) return;
    const held = Object.fromEntries(fields.map(function (field) { return [field.id, field.value]; }));
    try { sessionStorage.setItem(BESIDE, JSON.stringify(held)); } catch (full) { /* no storage, nothing kept */ }
  }

  function restoreBeside() {
    let held = null;
    try { held = JSON.parse(sessionStorage.getItem(BESIDE)); sessionStorage.removeItem(BESIDE); } catch (broken) { held = null; }
    Object.entries(held || {}).forEach(function ([id, words]) {
      const field = document.getElementById(id);
      if (!field || field.tagName !== "TEXTAREA" || field.value !== field.defaultValue) return;
      field.value = words;
      const folded = field.closest("details");
      if (folded) folded.open = true;
    });
  }

  /* ---------- a list that applies itself ---------- */
  function applyOnChange(form) {
    form.addEventListener("change", function (event) {
      if (event.target.matches("select, [type=radio], [type=checkbox]")) form.requestSubmit();
    });
  }

  /* ---------- the second click ---------- */
  function once(event) {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("hx-post")) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    setTimeout(function () { delete form.dataset.sent; }, 5000);
  }

  document.addEventListener("DOMContentLoaded", function () {
    focusFirst();
    document.querySelectorAll("form[data-autosave]").forEach(watch);
    document.querySelectorAll("form[data-apply]").forEach(applyOnChange);
    document.querySelectorAll("[data-forget]").forEach(forgetOnClick);
    document.querySelectorAll("form[data-sign-out]").forEach(function (form) { form.addEventListener("submit", forgetAll); });
    document.addEventListener("submit", once);
    restoreBeside();
    document.addEventListener("submit", function (event) { leaving = event.defaultPrevented ? null : event.target; });
  });
  window.addEventListener("pagehide", keepBeside);
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) { delete form.dataset.sent; });
  });
})();
