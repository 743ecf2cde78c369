// Every htmx call brings back the token of its page; every form does, whoever wrote it.
"use strict";
(() => {
  const token = () => document.querySelector('meta[name="csrf"]')?.content ?? "";
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.verb !== "get") event.detail.headers["X-CSRF"] = token();
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || form.elements.namedItem("csrf")) return;
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = "csrf";
    field.value = token();
    form.append(field);
  });
  // What went wrong is said aloud, and shown where the answer would have been.
  document.addEventListener("htmx:responseError", (event) => say(`That failed (${event.detail.xhr.status}). Reload the page and try again.`));
  document.addEventListener("htmx:sendError", () => say("The server can't be reached."));
  function say(words) {
    const place = document.getElementById("said");
    if (!place) return;
    place.textContent = words;
    place.classList.remove("unseen");
    place.classList.add("error");
  }
})();
