"use strict";
// Search and filter. Without this script the page shows everything; with it the first FEW users that are looked
// for, because a browser takes a second to lay out a thousand. On paper they are all there.
const FEW = 100;
const search = document.getElementById("search");
const attention = document.getElementById("attention");
const count = document.getElementById("count");
const all = document.getElementById("all");
const groups = Array.from(document.querySelectorAll("#users > tbody"), (body) => ({
  body,
  text: body.dataset.search,
  attention: "attention" in body.dataset,
}));

function show(limit) {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  let found = 0;
  for (const group of groups) {
    const matches =
      (group.attention || !attention.checked) && words.every((word) => group.text.includes(word));
    if (matches) found += 1;
    const hidden = !matches || found > limit;
    if (group.body.hidden !== hidden) group.body.hidden = hidden;
  }
  const rest = found > limit ? `, the first ${limit} shown` : "";
  count.textContent = found < groups.length || rest ? `${found} of ${groups.length}${rest}` : "";
  all.hidden = !rest;
}

document.getElementById("controls").hidden = false;
document.getElementById("controls").addEventListener("submit", (event) => event.preventDefault());
search.addEventListener("input", () => show(FEW));
attention.addEventListener("change", () => show(FEW));
all.addEventListener("click", () => show(Infinity));
addEventListener("beforeprint", () => show(Infinity));
addEventListener("afterprint", () => show(FEW));
show(FEW);
