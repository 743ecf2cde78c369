// Links are copied with a press, where the browser lets us.
"use strict";
(() => {
  const say = (words) => { document.getElementById("said").textContent = words; };
  for (const button of document.querySelectorAll("[data-copy]")) {
    const field = document.getElementById(button.dataset.copy);
    field.addEventListener("focus", () => field.select());
    if (!navigator.clipboard) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(field.value);
      button.firstChild.textContent = "Copied";
      say("The link is copied.");
    });
  }
})();
