// Sliders say their value while they are moved and send their form when let go; the parts of the page they change
// are fetched. Without scripts the form has a button and the page comes back whole.
"use strict";

(() => {
  const number = new Intl.NumberFormat(document.documentElement.lang === "en" ? "en-GB" : "vi-VN");

  document.addEventListener("input", (event) => {
    if (event.target.type !== "range") return;
    const said = event.target.form.querySelector(`output[data-of="${event.target.name}"]`);
    const none = said?.dataset.none;
    if (said) said.textContent = none && event.target.value === event.target.max ? none : number.format(event.target.value);
  });

  // Everything on the page may be ticked at once.
  document.addEventListener("change", (event) => {
    const all = event.target.dataset.ticks;
    if (!all) return;
    document.querySelectorAll(`input[name="${all}"]`).forEach((box) => (box.checked = event.target.checked));
  });
})();
