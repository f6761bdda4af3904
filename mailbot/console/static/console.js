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
