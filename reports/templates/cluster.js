// The picture for narrow windows, for dark ones and by keyboard: what is there is drawn for a wide and light one, and a mouse.
(() => {
  const plot = document.getElementById("{plot_id}");
  const layouts = {layouts};
  const inks = {inks};
  const narrow = matchMedia("(max-width: 760px)");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const light = structuredClone(plot.data.map(({ marker, line, opacity = 1 }) => ({ marker, line, opacity })));
  const swapped = (value) =>
    Array.isArray(value) ? value.map(swapped)
    : value && typeof value === "object" ? Object.fromEntries(Object.entries(value).map(([key, part]) => [key, swapped(part)]))
    : dark.matches && value in inks ? inks[value] : value;
  const draw = () => {
    const data = light.map((trace) => swapped(trace));
    const layout = { ...layouts[narrow.matches ? "narrow" : "wide"], ...layouts[dark.matches ? "dark" : "light"] };
    const update = Object.fromEntries(["marker", "line"].map((part) => [part, data.map((trace) => trace[part])]));
    update.opacity = data.map(({ opacity }) => (dark.matches && opacity < 0.5 ? 2.5 * opacity : opacity));  // faint lines drown
    return Plotly.update(plot, update, layout).then(() => Plotly.Plots.resize(plot));
  };
  for (const query of [narrow, dark]) query.addEventListener("change", draw);
  if (narrow.matches || dark.matches) draw();

  const strides = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10, Home: -Infinity, End: Infinity };
  const now = { mode: "immediate", frame: { duration: 0, redraw: false }, transition: { duration: 0 } };
  const slider = () => plot._fullLayout.sliders[0];
  const named = (element, attributes) => Object.entries(attributes).forEach(([name, value]) => element?.setAttribute(name, value));
  const reachable = () => {
    const { active, steps } = slider();
    named(plot.querySelector(".slider-group"), {
      tabindex: 0, role: "slider", "aria-label": "Penalty",
      "aria-valuemin": 0, "aria-valuemax": steps.length - 1, "aria-valuenow": active, "aria-valuetext": steps[active].label });
    plot.querySelectorAll(".updatemenu-button").forEach((button) => named(button, { tabindex: 0, role: "button" }));
  };
  plot.addEventListener("keydown", (event) => {
    const on = (part) => event.target.closest?.(part);
    if (on(".slider-group") && event.key in strides) {
      const { active, steps } = slider();
      Plotly.animate(plot, [String(Math.min(Math.max(active + strides[event.key], 0), steps.length - 1))], now).then(reachable);
    } else if (on(".updatemenu-button") && ["Enter", " "].includes(event.key)) {
      event.target.dispatchEvent(new MouseEvent("click", { bubbles: true }));
    } else return;
    event.preventDefault();
  });
  plot.on("plotly_afterplot", reachable);
  reachable();
})();
