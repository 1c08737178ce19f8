/* The menu on a small screen is a panel over the page; without this file its link leads to it by its address. */
(function () {
  "use strict";

  const menu = document.getElementById("menu");
  const opener = document.querySelector("[data-menu-open]");
  const closer = document.querySelector("[data-menu-close]");
  if (!menu || !opener || !closer) return;

  const behind = document.querySelectorAll(".skip, .demo-banner, .topbar, main");
  const backdrop = document.createElement("div");
  backdrop.className = "offcanvas-backdrop show";

  function show(isOpen) {
    menu.classList.toggle("show", isOpen);
    document.documentElement.classList.toggle("has-menu", isOpen);
    behind.forEach(function (part) { part.inert = isOpen; });
    if (isOpen) {
      document.body.append(backdrop);
      menu.focus();
    } else {
      backdrop.remove();
    }
  }

  function close(event) {
    if (event) event.preventDefault();
    if (!menu.classList.contains("show")) return;
    show(false);
    opener.focus();
  }

  opener.addEventListener("click", function (event) { event.preventDefault(); show(true); });
  closer.addEventListener("click", close);
  backdrop.addEventListener("click", close);
  menu.addEventListener("keydown", function (event) { if (event.key === "Escape") close(event); });
  window.matchMedia("(min-width: 992px)").addEventListener("change", function () { close(); });
})();
