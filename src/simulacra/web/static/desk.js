// The review desk by keyboard, and the next revision at once: it lies ready behind the one shown.
"use strict";
(() => {
  const at = (selector) => document.querySelector(selector);
  const typing = (element) => element.matches("input:not([type=checkbox]), textarea, select, [contenteditable]");
  let busy = false, waiting = "", before = null;

  const remembered = (id, read, write) => {
    const field = at(id), key = `simulacra${id}`;
    const kept = localStorage.getItem(key);
    if (kept !== null) write(field, kept);
    field.addEventListener("change", () => localStorage.setItem(key, read(field)));
  };
  remembered("#by", (field) => field.value, (field, kept) => { field.value = kept || field.value; });
  remembered("#keys", (field) => String(field.checked), (field, kept) => { field.checked = kept === "true"; });

  document.addEventListener("keydown", (event) => {
    const here = event.target;
    if (event.key === "Escape" && here.closest("#review details")) return close(here.closest("details"));
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && here.id === "text") {
      event.preventDefault();
      return here.form.requestSubmit();
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || typing(here) || !at("#keys").checked) return;
    if (busy) waiting ||= event.key;
    else if (press(event.key)) event.preventDefault();
  });

  function press(key) {
    const found = at(`[data-key="${CSS.escape(key)}"]`);
    if (!found || found.disabled) return false;
    const details = found.closest("summary") && found.parentElement;
    if (!details?.open) found.click();
    if (details?.open) field(details)?.focus();
    return true;
  }
  const field = (details) => details.querySelector("textarea, input:not([type=hidden], [type=checkbox])");
  function close(details) {
    details.open = false;
    details.querySelector("summary").focus();
  }
  document.addEventListener("toggle", (event) => {
    if (event.target.open && event.target.closest("#review .decide")) field(event.target)?.focus();
  }, true);

  // While the server keeps a decision, the next revision is shown already.
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (!event.detail.elt.closest("#review") || event.detail.target.id !== "review") return;
    busy = true;
    const ahead = at("#ahead"), shown = at("#shown");
    if (!event.detail.elt.hasAttribute("data-decides") || !ahead) return;
    before = shown;
    document.activeElement?.blur(); // what is typed from here on is meant for the next
    shown.replaceWith(ahead.content.cloneNode(true));
    at("#review").setAttribute("aria-busy", "true");
  });
  function failed() {
    if (before) at("#shown").replaceWith(before);
    at("#review").removeAttribute("aria-busy");
    waiting = "";
    free();
  }
  function free() {
    busy = false;
    before = null;
    const key = waiting;
    waiting = "";
    if (key) press(key);
  }
  document.addEventListener("htmx:sendError", failed);
  document.addEventListener("htmx:responseError", failed);
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { status } = event.detail.xhr;
    if (event.detail.target.id === "review" && (status === 409 || status === 422) && event.detail.xhr.responseText.includes('id="review"')) {
      event.detail.shouldSwap = true; // it says in place why nothing was decided
      event.detail.isError = false;
    }
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.target.id !== "review") return;
    const title = at("#shown-title"), open = at("#review details[open]");
    title?.focus({ preventScroll: true });
    at("#review").scrollIntoView({ block: "start" });
    at("#said").textContent = [at("[data-said]")?.textContent, at("#review .error")?.textContent, title?.textContent].filter(Boolean).join(" ");
    if (open) field(open)?.focus();
    free();
  });
})();
