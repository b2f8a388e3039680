// The picture for narrow windows and for dark ones: what is there is drawn for a wide and light one.
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
})();
