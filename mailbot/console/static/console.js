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
  // Not those of a form of their own: the files of one item are ticked there, and sent with it.
  const boxes = () => [...document.querySelectorAll(`input[type="checkbox"][name="${button.dataset.all}"]`)]
    .filter((box) => !box.closest(".brought"));
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

// What is under way: this page as it is by now, in its own place, until it is through.
const again = async () => {
  if (!document.querySelector("[data-again]")) return;
  try {
    const answer = await fetch(location.href, { credentials: "same-origin" });
    if (answer.redirected || !answer.ok) { location.reload(); return; }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    document.querySelector("#main").replaceWith(page.querySelector("#main"));
    if (!document.querySelector("[data-again]")) document.querySelector("#main [tabindex='-1']")?.focus();
  } catch { /* next time */ }
  setTimeout(again, 2000);
};
if (document.querySelector("[data-again]")) setTimeout(again, 2000);

// By keyboard: what is settled next has the focus, and Enter goes to what it suggests. It presses
// nothing: that is the next Enter, and a key held down counts once.
// After the load: going to the address's fragment takes the focus away.
window.addEventListener("load", () => setTimeout(() => {
  if (document.activeElement === document.body || document.activeElement.matches(".done")) {
    document.querySelector("[data-next]")?.focus({ preventScroll: true });
  }
}));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.repeat || !event.target.matches(".item .what")) return;
  const form = event.target.closest(".item").querySelector("form[action='/todo/settle']");
  const first = form?.querySelector("select, .compared input, button.main, .acts button");
  const pressed = form?.querySelector("button.main");
  const wanted = first?.matches("select") && pressed?.value !== "assign" ? pressed : first;
  if (wanted) { event.preventDefault(); wanted.focus(); }
});
