"use strict";
// Filters the overview. The state lives in the address (#?q=...&verdict=...), so that a view can be sent.
(() => {
  const form = document.getElementById("filters");
  if (!form) return;
  document.documentElement.classList.add("scripted");
  const lines = [...document.querySelectorAll(".lines .line")];
  const marks = [...document.querySelectorAll(".marks .mark")];
  const articles = [...document.querySelectorAll("article")];   // on a page of everything, one a claim
  const texts = lines.map((line) => line.textContent.toLowerCase());
  const names = [...form.elements].map((field) => field.name).filter(Boolean);

  const show = (state) => {
    const wanted = (state.get("q") ?? "").toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    lines.forEach((line, index) => {
      const fits = wanted.every((word) => texts[index].includes(word))
        && names.every((name) => name === "q" || !state.get(name) || line.dataset[name] === state.get(name));
      for (const part of [line, marks[index], articles[index]]) if (part) part.hidden = !fits;
      shown += fits;
    });
    for (const paper of document.querySelectorAll(".paper")) paper.hidden = !paper.querySelector(".mark:not([hidden])");
    document.getElementById("shown").textContent = `${shown} of ${lines.length}`;
  };

  const read = () => new URLSearchParams(location.hash.startsWith("#?") ? location.hash.slice(2) : "");
  const write = () => {
    const state = new URLSearchParams();
    for (const name of names) if (form.elements[name].value) state.set(name, form.elements[name].value);
    history.replaceState(null, "", state.size ? `#?${state}` : location.pathname + location.search);
    show(state);
  };
  const toForm = (state) => {
    for (const name of names) form.elements[name].value = state.get(name) ?? "";
    show(state);
  };

  form.addEventListener("input", write);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(write));
  // A link to a claim must find it, whatever was filtered before, and on the page of its paper if it is not on this one.
  const arrive = () => {
    if (location.hash.startsWith("#?") || !location.hash) return toForm(read());
    const key = decodeURIComponent(location.hash.slice(1));
    const target = document.getElementById(key);
    if (target && target.hidden) { toForm(new URLSearchParams()); target.scrollIntoView(); }
    const elsewhere = !target && marks.find((mark) => decodeURIComponent(mark.hash.slice(1)) === key);
    if (elsewhere) location.replace(elsewhere.href);
  };
  addEventListener("hashchange", arrive);
  toForm(read());
  arrive();
})();
