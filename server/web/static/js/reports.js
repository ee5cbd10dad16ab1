// Reviewing by keyboard: a key does what the element that names it does; letters typed into a field stay letters.
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest("input, select, textarea")) return;
  const found = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]:not([disabled])`);
  if (!found) return;
  event.preventDefault();
  if (found.matches("select")) found.focus();
  else found.click();
});

// A reason is asked for only where the value is not the count. Without scripts every cell has its reason.
const form = document.getElementById("report-form");
const number = (text) => text.replace(/[.,\s]/g, "");
const look = (row) => {
  const value = number(row.querySelector(".cell-input").value);
  const differs = row.dataset.counted !== undefined && value !== "" && value !== row.dataset.counted;
  row.classList.toggle("blank", value === "");
  row.classList.toggle("differs", differs || row.querySelector(".why input").value !== "");
};
if (form) {
  form.classList.add("asks-when-needed");
  for (const row of form.querySelectorAll(".report-cells tbody tr")) look(row);
  form.addEventListener("input", (event) => {
    const row = event.target.closest(".report-cells tbody tr");
    if (row && event.target.matches(".cell-input")) look(row);
  });
}
