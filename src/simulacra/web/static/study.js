// A judge's task saves itself at every change; a chapter notes for how long it was read.
"use strict";
(() => {
  const PAUSE = 500; // ms after the last change
  const IDLE = 120; // seconds without a sign of a reader: more is not counted as reading
  const REPORT = 60; // seconds of reading that are told at once
  const csrf = () => document.querySelector('meta[name="csrf"]').content;
  const say = (words) => { document.getElementById("said").textContent = words; };
  const body = (fields) => new URLSearchParams({ ...fields, csrf: csrf() });

  const task = document.querySelector("#task[data-open]");
  if (task) judge(task);
  const chapter = document.getElementById("chapter");
  if (chapter) read(chapter);

  function judge(task) {
    const form = document.getElementById("judge");
    const area = form.querySelector("textarea");
    const conflict = document.getElementById("conflict");
    const status = document.getElementById("saved");
    const address = task.dataset.address;
    const key = `simulacra:judge:${task.dataset.task}`;
    const value = () => area ? area.value : form.querySelector("input[name=value]:checked")?.value ?? "";
    let version = Number(task.dataset.version);
    let accepted = value(); // what is known to be stored
    let sent = null; // what was sent last and whose fate is not known
    let busy = false, timer = 0, wait = 1;

    const dirty = () => value() !== accepted && (area || value() !== "");
    const fields = () => ({ value: value(), version, ...(sent === null ? {} : { replaces: sent }) });

    // Not yet accepted words stay in this browser, too, until they are.
    function remember() {
      try {
        if (dirty()) localStorage.setItem(key, JSON.stringify({ value: value(), version, sent }));
        else localStorage.removeItem(key);
      } catch { /* no room, or not allowed: the page still has the words */ }
    }
    function remembered() {
      try { return JSON.parse(localStorage.getItem(key)); } catch { return null; }
    }
    function choose(to) {
      if (area) { area.value = to; left(); return; }
      const radio = form.querySelector(`input[value="${CSS.escape(String(to))}"]`);
      if (radio) radio.checked = true;
    }
    function show(state, words) {
      status.dataset.state = state;
      status.textContent = words;
    }
    function failed(words) {
      show("failed", words);
      say(words);
    }
    function tick(done) {
      const here = task.querySelector(".tasks [aria-current]");
      here?.classList.toggle("done", done);
      here?.querySelector(".tick").toggleAttribute("hidden", !done);
    }
    function left() {
      const place = form.querySelector("[data-left]");
      if (place) place.textContent = value().length ? `, ${(area.maxLength - value().length).toLocaleString("en")} left` : "";
    }

    function changed() {
      clearTimeout(timer);
      remember();
      if (area) left();
      if (!conflict.hidden) { mine(); return; }
      if (!dirty()) { show("saved", accepted === "" ? "" : "Saved."); return; }
      show("unsaved", "Not saved yet …");
      timer = setTimeout(save, PAUSE);
    }

    async function save() {
      clearTimeout(timer);
      if (busy || !dirty() || !conflict.hidden) return;
      busy = true;
      const fieldsSent = fields();
      sent = fieldsSent.value;
      remember();
      let answer = null, told = null;
      const send = () => fetch(address, { method: "POST", body: body(fieldsSent), headers: { Accept: "application/json" }, keepalive: true });
      try {
        answer = await send();
        if (answer.status === 403 && await renew()) answer = await send();
        told = await answer.json();
      } catch { /* no answer, or none that is meant for us */ }
      busy = false;
      if (answer?.ok && told) {
        accepted = sent;
        sent = null;
        version = told.version;
        wait = 1;
        form.elements.version.value = version;
        task.querySelector("progress").value = told.done;
        task.querySelector("[data-done]").textContent = `${told.done} of ${told.of} done`;
        tick(accepted !== "");
        remember();
        if (dirty()) { timer = setTimeout(save, PAUSE); return; }
        show("saved", accepted === "" ? "" : "Saved.");
        say("Saved.");
      } else if (answer?.status === 409 && told && "stands" in told) {
        sent = null;
        compare(told.stands, told.version);
      } else if (answer && (answer.status < 500 && answer.status !== 429 && answer.status !== 408)) {
        sent = null;
        const why = told ? `${told.what} ${told.mend}` : "Reload the page, and it is sent again.";
        failed(`Not saved. ${why} Your words are kept in this browser.`);
      } else {
        failed("Not saved: the server can't be reached just now. Your words are kept in this browser, and sent again.");
        timer = setTimeout(save, 1000 * wait);
        wait = Math.min(2 * wait, 30);
      }
    }

    function compare(stands, now) {
      version = now;
      accepted = String(stands);
      form.elements.version.value = now;
      if (!dirty()) { remember(); show("saved", "Saved."); return; }
      conflict.querySelector("[data-stands]").textContent = stands;
      conflict.hidden = false;
      mine();
      remember();
      show("failed", "Not saved: there are two versions. Choose one above.");
      document.getElementById("two").focus();
    }
    function mine() {
      conflict.querySelector("[data-mine]").textContent = value();
    }
    function decided(event) {
      event.preventDefault();
      conflict.hidden = true;
      (area ?? form.querySelector("input:checked"))?.focus();
      changed();
      save();
    }

    form.addEventListener("input", changed);
    form.addEventListener("change", changed);
    // What is not saved yet is saved first; sending the same again then only leads on.
    form.addEventListener("submit", async (event) => {
      if (!dirty()) return;
      event.preventDefault();
      if (!conflict.hidden) { document.getElementById("two").focus(); return; }
      while (busy) await new Promise((done) => setTimeout(done, 20));
      await save();
      if (!dirty()) form.submit();
    });
    conflict.querySelector("form").addEventListener("submit", decided);
    conflict.querySelector("[data-take]").addEventListener("click", (event) => {
      choose(accepted);
      decided(event);
    });
    addEventListener("online", save);
    function hidden() {
      if (!dirty() || !conflict.hidden) return;
      navigator.sendBeacon(address, body(fields()));
    }
    addEventListener("pagehide", hidden);
    document.addEventListener("visibilitychange", () => { document.hidden ? hidden() : save(); });

    if (!conflict.hidden) {
      accepted = conflict.querySelector("[data-stands]").textContent;
    } else {
      const before = remembered();
      if (before && typeof before.value === "string" && before.value !== accepted) {
        const [stands, now] = [accepted, version];
        choose(before.value);
        if (before.version === now || before.sent === stands) changed();
        else compare(stands, now);
      } else remember();
    }
    if (area) left();
  }

  // The link was opened anew from a message: this page's token is of a cookie that is gone.
  async function renew() {
    const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
    const token = page.querySelector('meta[name="csrf"]')?.content;
    if (!token) return false;
    document.querySelector('meta[name="csrf"]').content = token;
    for (const field of document.querySelectorAll("input[name=csrf]")) field.value = token;
    return true;
  }

  // Seconds while the chapter was in sight and somebody moved, scrolled or typed not long ago.
  function read(chapter) {
    let seconds = 0, last = performance.now(), sign = last;
    const tick = () => {
      const now = performance.now();
      const until = Math.min(now, sign + 1000 * IDLE);
      if (!document.hidden && until > last) seconds += (until - last) / 1000;
      last = now;
    };
    const alive = () => { tick(); sign = performance.now(); };
    const tell = () => {
      tick();
      if (seconds < 1) return;
      if (navigator.sendBeacon(chapter.dataset.read, body({ seconds: seconds.toFixed(1) }))) seconds = 0;
    };
    for (const event of ["scroll", "pointermove", "pointerdown", "keydown", "touchmove"]) addEventListener(event, alive, { passive: true });
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) {
        // What passed until now was in sight, though the document says otherwise already.
        const now = performance.now(), until = Math.min(now, sign + 1000 * IDLE);
        if (until > last) seconds += (until - last) / 1000;
        last = now;
        tell();
      } else { last = performance.now(); sign = last; }
    });
    addEventListener("pagehide", tell);
    setInterval(() => { tick(); if (seconds >= REPORT) tell(); }, 5000);
  }
})();
