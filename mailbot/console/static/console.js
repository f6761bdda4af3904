// What must answer at once; every page works without it.
"use strict";

// A form is sent once, however often its button is pressed.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
  // Not disabled: a disabled button's own name would not be sent.
  window.addEventListener("pageshow", () => { delete form.dataset.sent; }, { once: true });
});

// Boxes of one name: how many are ticked, and all at once.
for (const button of document.querySelectorAll("[data-all]")) {
  const boxes = () => [...document.querySelectorAll(`input[type="checkbox"][name="${button.dataset.all}"]`)];
  const told = document.querySelector(`[data-chosen="${button.dataset.all}"]`);
  const words = told ? told.textContent : "";
  const waiting = document.querySelector(`[data-waits="${button.dataset.all}"]`);
  const count = () => {
    const chosen = boxes().filter((box) => box.checked).length;
    if (waiting) waiting.hidden = chosen === 0;
    if (told) told.textContent = chosen ? `${chosen} / ${boxes().length} ` + words : words;
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    const on = boxes().some((box) => !box.checked);
    for (const box of boxes()) box.checked = on;
    count();
  });
  document.addEventListener("change", count);
  count();
}
