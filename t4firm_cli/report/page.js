"use strict";
// Search and filter: without this script the page shows everything.
const controls = document.getElementById("controls");
const search = document.getElementById("search");
const attention = document.getElementById("attention");
const count = document.getElementById("count");
const groups = Array.from(document.querySelectorAll("#users > tbody"), (body) => ({
  body,
  text: body.dataset.search,
  attention: "attention" in body.dataset,
}));

function filter() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const group of groups) {
    const hidden =
      (attention.checked && !group.attention) || !words.every((word) => group.text.includes(word));
    if (group.body.hidden !== hidden) group.body.hidden = hidden;
    if (!hidden) shown += 1;
  }
  count.textContent = shown === groups.length ? "" : `${shown} of ${groups.length}`;
}

controls.hidden = false;
controls.addEventListener("submit", (event) => event.preventDefault());
search.addEventListener("input", filter);
attention.addEventListener("change", filter);
filter(); // a browser that goes back keeps what was typed
