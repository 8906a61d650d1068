// A little comfort; every page works without it. Keys: / to search, j and k through a list, n and p through
// changes, arrows through versions.
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
  if (event.key === "n" || event.key === "p") {
    const changes = [...document.querySelectorAll('[id^="change-"]')];
    const middle = innerHeight / 3;
    const focused = changes.indexOf(document.activeElement);
    let place;
    if (focused >= 0) place = focused + (event.key === "n" ? 1 : -1);
    else if (event.key === "n") place = changes.findIndex((each) => each.getBoundingClientRect().top > middle);
    else place = changes.findLastIndex((each) => each.getBoundingClientRect().top < middle - 10);
    if (changes[place]) {
      changes[place].focus({ preventScroll: true });
      changes[place].scrollIntoView({ block: "center" });
    }
    return;
  }
  const link = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (link && !event.target.closest(".scroll, .boxed")) link.click();
});

for (const cited of document.querySelectorAll("textarea.citation")) cited.addEventListener("focus", () => cited.select());
for (const button of document.querySelectorAll("button.copy")) {
  if (!navigator.clipboard) break;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).value);
    const words = button.textContent;
    button.textContent = button.dataset.copied;
    setTimeout(() => (button.textContent = words), 2000);
  });
}

// Plays through the versions of an article: a step every four seconds, until the last or until it is stopped.
const play = document.querySelector("button.play");
const onward = document.querySelector("[data-play]");
if (play && (onward || sessionStorage.getItem("play"))) {
  let step;
  const begin = () => {
    sessionStorage.setItem("play", "1");
    play.textContent = play.dataset.stop;
    step = setTimeout(() => onward.click(), 4000);
  };
  const words = play.textContent;
  const end = () => {
    sessionStorage.removeItem("play");
    clearTimeout(step);
    play.textContent = words;
  };
  if (onward) {
    play.hidden = false;
    play.addEventListener("click", () => (sessionStorage.getItem("play") ? end() : begin()));
  }
  if (sessionStorage.getItem("play")) onward ? begin() : end();
}
