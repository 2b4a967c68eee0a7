function (path, side, line) {
  const file = [...document.querySelectorAll("#files .file")].find((f) =>
    f.querySelector("h3 code").textContent.endsWith(path));
  const column = side === "LEFT" ? 0 : 1;
  const row = file && [...file.querySelectorAll("tr")].find((r) =>
    r.cells.length === 3 && r.cells[column].textContent === String(line));
  if (!row) {
    return { line: false, card: false, below: 0, text: "" };
  }
  const next = row.nextElementSibling;
  const card = next && next.matches(".comments") && next.querySelector(".thread");
  if (!card) {
    return { line: true, card: false, below: 0, text: "" };
  }
  return {
    line: true,
    card: true,
    below: next.getBoundingClientRect().top - row.getBoundingClientRect().bottom,
    text: card.innerText.trim(),
  };
}
