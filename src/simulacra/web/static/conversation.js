// A conversation's box and scroll: Enter sends, words that were not sent outlive a reload.
"use strict";
(() => {
  const box = () => document.querySelector("form.composer textarea");
  const key = () => `words ${box().form.dataset.say}`;
  let following = true;

  // How far the end of the talk is below the window.
  const below = () => (box()?.form.parentElement.getBoundingClientRect().bottom ?? 0) - window.innerHeight;
  const toEnd = () => { if (following && box()) window.scrollBy(0, below()); };
  window.addEventListener("scroll", () => { following = Math.abs(below()) < 160; }, { passive: true });

  document.addEventListener("keydown", (event) => {
    const from = event.target;
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    if (window.matchMedia("(pointer: coarse)").matches) return; // there the button sends
    if (!(from instanceof HTMLTextAreaElement) || !from.form?.hasAttribute("data-say")) return;
    event.preventDefault();
    if (from.value.trim()) from.form.requestSubmit();
  });

  document.addEventListener("input", (event) => {
    if (event.target.name === "own") document.querySelector('input[name="partner"][value="own"]').checked = true;
    if (event.target === box()) sessionStorage.setItem(key(), box().value);
  });

  // One answer at a time: what is written waits in the box.
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (!event.detail.elt.hasAttribute("data-say") || !document.querySelector(".answering")) return;
    event.preventDefault();
    tell("An answer is still coming. Wait for it, or stop it; your words stay in the box.");
  });
  document.addEventListener("submit", () => tell(""), true);
  document.addEventListener("said", () => {
    following = true;
    sessionStorage.removeItem(key());
    box().value = "";
    box().focus();
    document.querySelector(".hint")?.remove();
  });
  document.addEventListener("htmx:sendError", () => tell("The server can't be reached. Your words are still here."));
  document.addEventListener("htmx:afterSettle", (event) => {
    const text = event.detail.elt?.querySelector?.(".editing textarea");
    if (text) text.focus();
    else if (!document.activeElement || document.activeElement === document.body) box()?.focus({ preventScroll: true });
    if (event.target.closest?.(".turns")) toEnd();
  });
  document.addEventListener("htmx:sseMessage", toEnd);

  function tell(words) {
    const place = document.getElementById("problem");
    if (place) place.textContent = words;
  }

  if (box()) {
    box().value ||= sessionStorage.getItem(key()) ?? "";
    if (!location.hash) toEnd();
  }
})();
