/* Rating by keyboard: in a row of colours, the first letter of one chooses it. Without this, the arrow keys do. */
(function () {
  "use strict";

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.key.length !== 1) return;
    if (!event.target.matches(".rag-pick input[type=radio]")) return;
    const radios = event.target.closest(".rag-pick").querySelectorAll("input[type=radio]");
    const chosen = Array.from(radios).find(radio => radio.dataset.key === event.key.toLowerCase());
    if (!chosen) return;
    event.preventDefault();
    chosen.focus();
    chosen.click();
  });
})();
