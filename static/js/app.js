/* Everything here is extra: each page works without it. */
(function () {
  "use strict";

  const PREFIX = "eyeline-draft:";
  const PAUSE = 1000;

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

  function keep(form) {
    const held = { version: versionOf(form) };
    fieldsOf(form).forEach(function (field) {
      if ((field.type === "checkbox" || field.type === "radio") && !field.checked) return;
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
    if (!held) return false;
    const version = form.elements.namedItem("version");
    let changed = false;
    fieldsOf(form).forEach(function (field) {
      if (field === version || !(field.name in held) || field.type === "checkbox" || field.type === "radio") return;
      if (field.value !== held[field.name]) { field.value = held[field.name]; changed = true; }
    });
    // words kept from an older version go back under that version: the server then shows both texts
    if (changed && version) version.value = held.version;
    if (!changed) forget(form);
    return changed;
  }

  function statusOf(form) {
    return form.querySelector("[data-save-status]") || (form.id && document.querySelector("[data-save-status][data-for='" + form.id + "']")) || document.querySelector("[data-save-status]:not([data-for])");
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

  function watch(form) {
    let timer = null, saving = false, again = false, stopped = false;

    function later() {
      if (stopped) return;
      keep(form);
      clearTimeout(timer);
      timer = setTimeout(save, PAUSE);
    }

    function saved(answer) {
      const version = form.elements.namedItem("version");
      if (version && answer.version !== undefined) version.value = answer.version;
      if (answer.moved) move(form, answer.moved);
      if (!again && answer.saved_at) forget(form);
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

    async function conflict(response) {
      stopped = true;
      const answer = await response.json().catch(function () { return {}; });
      if (answer.url) forget(form); // the server keeps these words now, beside the others
      say(form, "Not saved: somebody else changed this.", answer.url ? { url: answer.url, words: "See both texts" } : null);
    }

    async function refuse(response) {
      if (response.status === 409) return conflict(response);
      if (response.status === 401 || response.status === 403) return say(form, "Not saved: you are signed out. Your words are kept here.");
      const answer = await response.json().catch(function () { return {}; });
      say(form, answer.message || "Not saved: use the button below");
    }

    async function save() {
      if (saving) { again = true; return; }
      if (!navigator.onLine) return say(form, "Not saved: you are offline");
      saving = true;
      again = false;
      try {
        const response = await fetch(form.dataset.autosave, {
          method: "POST", body: new FormData(form), credentials: "same-origin", redirect: "manual",
          headers: { "X-Requested-With": "autosave", Accept: "application/json" },
        });
        if (response.ok) saved(await response.json());
        else if (response.type === "opaqueredirect") say(form, "Not saved: you are signed out. Your words are kept here.");
        else await refuse(response);
      } catch (lost) {
        say(form, navigator.onLine ? "Not saved: the connection was lost" : "Not saved: you are offline");
      } finally {
        saving = false;
        if (again) later();
      }
    }

    form.addEventListener("input", later);
    form.addEventListener("change", later);
    form.addEventListener("submit", function () { stopped = true; clearTimeout(timer); });
    window.addEventListener("online", later);
    window.addEventListener("offline", function () { say(form, "Not saved: you are offline"); });
    if (restore(form)) later();
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
  });
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) { delete form.dataset.sent; });
  });
})();
