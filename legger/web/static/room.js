// A little comfort; every page works without it. Keys: / to search, j and k through a list, arrows through versions.
"use strict";

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = event.target.closest("input, textarea, select");
  if (typing) return;
  if (event.key === "/") {
    const box = document.querySelector("#q, #find");
    if (box) {
      event.preventDefault();
      box.focus();
      box.select();
    }
    return;
  }
  if (event.key === "j" || event.key === "k") {
    const links = [...document.querySelectorAll(".hits h2 a, .list li > a")];
    const place = links.indexOf(document.activeElement);
    const next = links[event.key === "j" ? place + 1 : Math.max(place - 1, 0)];
    if (next) next.focus();
    return;
  }
  const link = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (link && !event.target.closest(".scroll, .boxed")) link.click();
});

const cited = document.querySelector("textarea.citation");
if (cited) cited.addEventListener("focus", () => cited.select());
