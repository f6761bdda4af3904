// Search while typing, figures that stay fresh, pictures that are not to be had.
"use strict";

const fetched = async (address) => {
  const answer = await fetch(address, { credentials: "same-origin" });
  // Logged out meanwhile: the page itself leads to the login.
  if (answer.redirected || !answer.ok) throw new Error(answer.status);
  return answer.text();
};

// A preview that cannot be drawn leaves no broken frame.
const mind = (root) => {
  for (const picture of root.querySelectorAll("img[data-optional]")) {
    const drop = () => {
      picture.hidden = true;
      if (picture.nextElementSibling?.matches("p[hidden]")) picture.nextElementSibling.hidden = false;
    };
    if (picture.complete && picture.naturalWidth === 0 && picture.loading !== "lazy") drop();
    picture.addEventListener("error", drop);
  }
};
mind(document);

for (const form of document.querySelectorAll("form[data-find]")) {
  const place = document.querySelector(form.dataset.find);
  let timer, newest = 0;
  const find = async () => {
    const mine = ++newest;
    const asked = new URLSearchParams(new FormData(form));
    history.replaceState(null, "", `${form.action}?${asked}`);
    asked.set("part", "1");
    try {
      const rows = await fetched(`${form.action}?${asked}`);
      if (mine === newest) { place.innerHTML = rows; mind(place); }
    } catch { /* the button still sends the form */ }
  };
  form.addEventListener("input", (event) => {
    clearTimeout(timer);
    timer = setTimeout(find, event.target.type === "search" ? 200 : 0);
  });
}

for (const place of document.querySelectorAll("[data-live]")) {
  setInterval(async () => {
    if (document.hidden) return;
    try { place.innerHTML = await fetched(place.dataset.live); } catch { /* next time */ }
  }, 5000);
}
