"use strict";
const items = [...document.querySelectorAll("[data-text]")];
const search = document.querySelector("#search");
const selects = [...document.querySelectorAll("select[data-field]")];
const boxes = [...document.querySelectorAll("input[data-group]")];
const picks = [...document.querySelectorAll("[data-pick]")];
const shown = document.querySelector("#shown");
function has(item, select) {
  const value = item.dataset[select.dataset.field];
  return value === select.value || value.split(" ").includes(select.value);
}
function matches(item) {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  return words.every((w) => item.dataset.text.includes(w)) &&
    boxes.every((b) => b.checked || item.dataset.group !== b.dataset.group) &&
    selects.every((s) => !s.value || has(item, s));
}
function selectOf(pick) {
  return selects.find((s) => s.dataset.field === pick.dataset.pick);
}
function apply() {
  let n = 0;
  for (const item of items) {
    item.hidden = !matches(item);
    if (!item.hidden) n++;
  }
  for (const pick of picks) {
    if (selectOf(pick).value === pick.dataset.value) pick.setAttribute("aria-current", "true");
    else pick.removeAttribute("aria-current");
  }
  shown.textContent = n + " of " + items.length + " shown";
}
for (const control of [search, ...selects, ...boxes]) control.addEventListener("input", apply);
for (const pick of picks) {
  pick.addEventListener("click", (e) => {
    e.preventDefault();
    const select = selectOf(pick);
    select.value = select.value === pick.dataset.value ? "" : pick.dataset.value;
    apply();
  });
}
document.addEventListener("keydown", (e) => {
  const typing = document.activeElement === search;
  if (e.key === "/" && !typing && !e.ctrlKey && !e.metaKey && !e.altKey) {
    e.preventDefault();
    search.focus();
  } else if (e.key === "Escape" && typing) {
    search.value = "";
    apply();
  }
});
apply();
