"use strict";
// Filters and sorts the table of claims. The state lives in the address (#?q=...&verdict=...), so that a view can be sent.
(() => {
  const table = document.getElementById("claims");
  const form = document.getElementById("filters");
  if (!table || !form) return;
  document.documentElement.classList.add("scripted");
  const rows = [...table.tBodies[0].rows];
  const heads = [...table.tHead.rows[0].cells];
  const names = ["q", "verdict", "standing", "paper"];

  const sortBy = (index, direction) => {
    const value = (row) => row.cells[index].dataset.value ?? row.cells[index].textContent.trim();
    const compare = (a, b) => {
      const [x, y] = [value(a), value(b)];
      const [m, n] = [Number(x), Number(y)];
      if (x === "" || y === "") return (x === "") - (y === "");   // what was not measured comes last
      return direction * (Number.isNaN(m) || Number.isNaN(n) ? x.localeCompare(y) : m - n);
    };
    table.tBodies[0].append(...[...rows].sort(index < 0 ? () => 0 : compare));
    heads.forEach((head, i) => {
      if (i === index) head.setAttribute("aria-sort", direction > 0 ? "ascending" : "descending");
      else head.removeAttribute("aria-sort");
    });
  };

  const show = (state) => {
    const wanted = (state.get("q") ?? "").toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      const fits = wanted.every((word) => text.includes(word))
        && names.slice(1).every((name) => !state.get(name) || row.dataset[name] === state.get(name));
      row.hidden = !fits;
      document.getElementById(row.dataset.section).hidden = !fits;
      shown += fits;
    }
    document.getElementById("shown").textContent = `${shown} of ${rows.length}`;
    const [index, direction] = (state.get("sort") ?? "").split(".").map(Number);
    sortBy(state.get("sort") ? index : -1, direction < 0 ? -1 : 1);
  };

  const read = () => new URLSearchParams(location.hash.startsWith("#?") ? location.hash.slice(2) : "");
  const write = (state) => {
    for (const [name, value] of [...state]) if (!value) state.delete(name);
    history.replaceState(null, "", state.size ? `#?${state}` : location.pathname + location.search);
    show(state);
  };
  const fromForm = () => {
    const state = read();
    for (const name of names) state.set(name, form.elements[name].value);
    return state;
  };
  const toForm = (state) => {
    for (const name of names) form.elements[name].value = state.get(name) ?? "";
    show(state);
  };

  heads.forEach((head, index) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const state = fromForm();
      const back = head.getAttribute("aria-sort") === "ascending";
      state.set("sort", `${index}.${back ? -1 : 1}`);
      write(state);
    });
  });
  form.addEventListener("input", () => write(fromForm()));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(() => write(new URLSearchParams())));
  // A link to a claim must find it, whatever was filtered before.
  addEventListener("hashchange", () => {
    if (location.hash.startsWith("#?") || !location.hash) return toForm(read());
    const target = document.getElementById(location.hash.slice(1));
    if (target && target.hidden) { toForm(new URLSearchParams()); target.scrollIntoView(); }
  });
  toForm(read());
})();
