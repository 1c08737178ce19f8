/* Moving by mouse, beside the buttons and fields that do the same: each page works without this file.

   A list in order:   <ol data-drag-list> with <li data-drag-item> that hold <form data-drag-form>;
                      letting go sends that form with do=place and place=<its number among the items, from 1>.
   A calendar:        <td data-drag-list data-drag-value="2026-12-03"> cells with <div data-drag-item data-drag-field="id of a field">;
                      letting go writes the cell's value into the field and sends its form, by the button of data-drag-do if it names one.
   Lists of one group (data-drag-group) take each other's items; a list without a group keeps its own.
   An item with data-drag-fixed stays, and nothing is put before it when it is first or after it when it is last. */
(function () {
  "use strict";

  const CANCELLED = "Escape";
  let held = null, from = null, next = null;

  function listOf(element) { return element && element.closest ? element.closest("[data-drag-list]") : null; }

  function takes(list) {
    if (!held || !list) return false;
    if (list === from) return true;
    return Boolean(list.dataset.dragGroup) && list.dataset.dragGroup === from.dataset.dragGroup;
  }

  function itemsOf(list) {
    return Array.from(list.children).filter(function (child) { return child.hasAttribute("data-drag-item"); });
  }

  function isCalendar(list) { return list.hasAttribute("data-drag-value"); }

  function mark(list) {
    document.querySelectorAll("[data-drag-over]").forEach(function (other) {
      if (other !== list) other.removeAttribute("data-drag-over");
    });
    if (list) list.setAttribute("data-drag-over", "");
  }

  function reset() {
    if (held) held.removeAttribute("data-dragged");
    mark(null);
    held = from = next = null;
  }

  // the item before which the one that is held goes; null puts it last
  function itemBelow(list, y) {
    return itemsOf(list).find(function (item) {
      if (item === held) return false;
      const box = item.getBoundingClientRect();
      return y < box.top + box.height / 2;
    }) || null;
  }

  function isBlocked(list, before) {
    const others = itemsOf(list).filter(function (item) { return item !== held; });
    const at = before ? others.indexOf(before) : others.length;
    const isFixed = function (item) { return item && item.hasAttribute("data-drag-fixed"); };
    // the fixed ones at either end keep their ends
    const head = others.findIndex(function (item) { return !isFixed(item); });
    const first = head < 0 ? others.length : head;
    let last = others.length;
    while (last > first && isFixed(others[last - 1])) last -= 1;
    return at < first || at > last;
  }

  function putBack() { if (held && from) from.insertBefore(held, next); }

  function hidden(form, name, value) {
    let field = form.querySelector("input[type=hidden][name='" + name + "']");
    if (!field) {
      field = document.createElement("input");
      field.type = "hidden";
      field.name = name;
      form.append(field);
    }
    field.value = value;
  }

  function sendPlace(item, list) {
    const form = item.querySelector("form[data-drag-form]");
    if (!form) return;
    hidden(form, "do", "place");
    hidden(form, "place", String(itemsOf(list).indexOf(item) + 1));
    form.requestSubmit();
  }

  function sendValue(item, list) {
    const field = document.getElementById(item.dataset.dragField);
    if (!field) return;
    if (field.form.method === "post") list.append(item); // a page that only looks leaves the board where it is
    field.value = list.dataset.dragValue;
    const ticked = item.dataset.dragTick && document.getElementById(item.dataset.dragTick);
    if (ticked) ticked.checked = true;
    const button = item.dataset.dragDo && document.getElementById(item.dataset.dragDo);
    field.form.requestSubmit(button || undefined);
  }

  function start(event) {
    const item = event.target.closest ? event.target.closest("[data-drag-item]") : null;
    if (!item || item.hasAttribute("data-drag-fixed") || !listOf(item.parentElement)) return;
    held = item;
    from = listOf(item.parentElement);
    next = item.nextElementSibling;
    item.setAttribute("data-dragged", "");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", ""); // some browsers drag nothing that carries nothing
  }

  function over(event) {
    const list = listOf(event.target);
    if (!takes(list)) return mark(null);
    event.preventDefault();
    event.dataTransfer.dropEffect = "move";
    mark(list);
    if (isCalendar(list)) return;
    const before = itemBelow(list, event.clientY);
    if (isBlocked(list, before)) return;
    if (before !== held.nextElementSibling || held.parentElement !== list) {
      list.insertBefore(held, before || (itemsOf(list).length ? itemsOf(list).slice(-1)[0].nextElementSibling : null));
    }
  }

  function drop(event) {
    const list = listOf(event.target);
    if (!takes(list)) return;
    event.preventDefault();
    const item = held, moved = item.nextElementSibling !== next || item.parentElement !== from;
    if (isCalendar(list)) {
      if (list !== from) sendValue(item, list);
    } else if (moved) sendPlace(item, list);
    reset();
  }

  // let go beside every list: as it was
  function end() {
    if (!held) return;
    putBack();
    reset();
  }

  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll("[data-drag-list] [data-drag-item]:not([data-drag-fixed])").forEach(function (item) {
      item.draggable = true;
      // a field or a link inside is used as ever
      item.querySelectorAll("a, img").forEach(function (inner) { inner.draggable = false; });
      item.addEventListener("mousedown", function (event) {
        item.draggable = !event.target.closest("input, textarea, select, button");
      });
    });
  });
  document.addEventListener("dragstart", start);
  document.addEventListener("dragover", over);
  document.addEventListener("drop", drop);
  document.addEventListener("dragend", end);
  document.addEventListener("keydown", function (event) { if (event.key === CANCELLED) end(); });
})();
