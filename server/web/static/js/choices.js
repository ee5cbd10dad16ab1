// A form that chooses what to look at sends itself when something was chosen; its button is for readers without scripts.
"use strict";

document.querySelectorAll("form[data-autosend]").forEach((form) => {
  form.classList.add("autosend");
  form.addEventListener("change", () => form.requestSubmit());
});
