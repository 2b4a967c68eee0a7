"use strict";
const items = [...document.querySelectorAll("ul.list > li")];
const search = document.querySelector("#search");
const selects = [...document.querySelectorAll("select[data-field]")];
const boxes = [...document.querySelectorAll("input[data-group]")];
const shown = document.querySelector("#shown");
function matches(item) {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  return words.every((w) => item.dataset.text.includes(w)) &&
    boxes.every((b) => b.checked || item.dataset.group !== b.dataset.group) &&
    selects.every((s) => !s.value || item.dataset[s.dataset.field].split(" ").includes(s.value));
}
function apply() {
  let n = 0;
  for (const item of items) {
    item.hidden = !matches(item);
    if (!item.hidden) n++;
  }
  shown.textContent = n + " of " + items.length + " shown";
}
for (const control of [search, ...selects, ...boxes]) control.addEventListener("input", apply);
document.addEventListener("keydown", (e) => {
  if (e.key === "/" && document.activeElement !== search) {
    e.preventDefault();
    search.focus();
  } else if (e.key === "Escape" && document.activeElement === search) {
    search.value = "";
    apply();
  }
});
apply();
