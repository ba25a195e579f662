// Reads the grid of a target's page as `tradelib.explore.Grid.read` does, and draws as `charts.py`.
{
  const { grid, chart } = JSON.parse(document.getElementById("grid").textContent);
  const place = (id) => document.getElementById(id);
  const [value, deadline, day] = ["value", "deadline", "day"].map(place);
  const STEPS = grid.values.length - 1;
  const FAN = ["q10", "q25", "q50", "q75", "q90"];
  const start = { value: grid.target, deadline: chart.by, day: grid.days.length - 1 };
  const state = { ...start };

  // ---- the grid

  // At a stop of the slider the chance shipped; between two stops, for an address typed by hand, straight in the log.
  function chance(goal, curve) {
    const high = Math.max(1, grid.values.findIndex((value) => value >= goal)), low = high - 1;
    const [a, b, x] = [grid.values[low], grid.values[high], goal].map(Math.log);
    return (curve[low] + ((curve[high] - curve[low]) * (x - a)) / (b - a)) / grid.unit;
  }

  const origin = (n) => grid.known[n].at(-1)[0];
  const years = (n) => [Math.max(origin(n) + 1, grid.since), origin(n) + 10];

  function read({ value, deadline, day }) {
    const curves = grid.chances[day][deadline - origin(day) - 1];
    const [within, ever, low, high] = curves.map((curve) => chance(value, curve));
    const met = grid.known[day].find(([year, was]) => was >= value && grid.since <= year);
    return { within, ever, low, high, words: words(within, low, high, met, day, deadline) };
  }

  function words(chance, low, high, met, day, deadline) {
    if (met) return `reached in ${met[0]}`;
    if (deadline < grid.open_from[day]) return `last figure of ${origin(day)}, nothing known since`;
    if (grid.size_alone[day]) return "a pair of this size";
    if (low < 0.33 && high > 0.66) return "cannot tell";
    return likelihood(chance);
  }

  // As `tradelib.likelihood`: both sides within a point of an edge, half a point of the outermost.
  const EDGES = [0.01, 0.1, 0.33, 0.66, 0.9, 0.99];
  const SCALE = ["exceptionally unlikely", "very unlikely", "unlikely", "about as likely as not", "likely",
    "very likely", "virtually certain"];

  function likelihood(chance) {
    const own = EDGES.filter((edge) => (edge > 0.5 ? chance > edge : chance >= edge)).length;
    const near = EDGES.findIndex((edge, i) => Math.abs(chance - edge) < (i === 0 || i === 5 ? 0.005 : 0.01));
    return near < 0 ? SCALE[own] : `${SCALE[own]} to ${SCALE[near + (own === near ? 1 : 0)]}`;
  }

  const percent = (p) => (p < 0.01 ? "under 1%" : p > 0.99 ? "over 99%" : `${(100 * p).toFixed(0)}%`);

  function money(amount) {
    const sign = chart.currency === "USD" ? "US$" : `${chart.currency} `;
    const large = Math.abs(amount) >= 1000, size = large ? amount / 1000 : amount;
    const digits = size >= 100 ? 0 : size >= 10 || !large ? 1 : 2;
    const text = size.toLocaleString("en-US", { minimumFractionDigits: 0, maximumFractionDigits: digits });
    return `${sign}${text}${large ? "bn" : "m"}`;
  }

  // ---- the picture

  const room = { left: 52, right: 16, top: 26, bottom: 30 };
  const path = (points) => `M${points.map(([a, b]) => `${a.toFixed(1)} ${b.toFixed(1)}`).join("L")}`;

  function ticks(top) {
    const rough = top / 4, unit = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 2.5, 5, 10].map((m) => m * unit).find((s) => s >= rough);
    return Array.from({ length: Math.ceil(top / step - 1e-9) + 1 }, (_, i) => i * step);
  }

  function seen() {
    const n = state.day, past = chart.history.filter(([year]) => year <= origin(n));
    const known = past.at(-1)?.[0] === origin(n) ? past : grid.known[n].slice(-1);
    const later = chart.history.filter(([year]) => year > origin(n));
    const fan = grid.fans[n]
      .slice(0, state.deadline - origin(n))
      .map((row, i) => ({ year: origin(n) + 1 + i, ...Object.fromEntries(FAN.map((name, j) => [name, row[j]])) }));
    return { known, later, fan };
  }

  function draw(svg) {
    const { width, height } = svg.viewBox.baseVal, { known, later, fan } = seen();
    const first = known[0][0], last = Math.max(state.deadline, origin(grid.days.length - 1));
    const top = 1.05 * Math.max(...[...known, ...later].map((p) => p[1]), ...fan.map((f) => f.q90), state.value);
    const marks = ticks(top), right = width - room.right;
    const x = (year) => room.left + ((right - room.left) * (year - first)) / Math.max(1, last - first);
    const y = (v) => room.top + (height - room.top - room.bottom) * (1 - v / marks.at(-1));
    const out = [`<text class="unit" x="0" y="12">${chart.unit}</text>`];
    for (const mark of marks) {
      out.push(`<line class="grid" x1="${room.left}" x2="${right}" y1="${y(mark)}" y2="${y(mark)}"/>`,
        `<text class="tick" text-anchor="end" x="${room.left - 8}" y="${y(mark) + 4}">${mark.toLocaleString("en-US")}</text>`);
    }
    const rough = (last - first) / (width > 500 ? 8 : 5), every = [1, 2, 5, 10, 20].find((e) => e >= rough);
    for (let year = first; year <= last; year++) {
      if (year % every === 0) out.push(`<text class="tick" text-anchor="middle" x="${x(year)}" y="${height - 8}">${year}</text>`);
    }
    const from = known.at(-1), spot = (p) => [x(p[0]), y(p[1])];
    for (const [name, low, high] of [["band80", "q10", "q90"], ["band50", "q25", "q75"]]) {
      const ring = [spot(from), ...fan.map((f) => [x(f.year), y(f[high])]), ...fan.map((f) => [x(f.year), y(f[low])]).reverse()];
      out.push(`<path class="${name}" d="${path(ring)}Z"/>`);
    }
    out.push(`<path class="median" d="${path([spot(from), ...fan.map((f) => [x(f.year), y(f.q50)])])}"/>`);
    if (known.length > 1) out.push(`<path class="known" d="${path(known.map(spot))}"/>`);
    if (later.length) out.push(`<path class="later" d="${path([from, ...later].map(spot))}"/>`);
    out.push(`<circle class="dot" cx="${x(from[0])}" cy="${y(from[1])}" r="4"/>`);
    const goal = y(state.value);
    out.push(`<line class="goal" x1="${room.left}" x2="${right}" y1="${goal}" y2="${goal}"/>`,
      `<text class="value" x="${room.left + 4}" y="${goal - 7}">target ${money(state.value)}</text>`, star(x(state.deadline), goal));
    const title = svg.querySelector("title");
    title.textContent = summary();
    svg.innerHTML = title.outerHTML + out.join("");
  }

  function star(x, y) {
    const points = Array.from({ length: 10 }, (_, i) => {
      const r = i % 2 ? 4 : 10;
      return `${(x + r * Math.sin((Math.PI * i) / 5)).toFixed(1)},${(y - r * Math.cos((Math.PI * i) / 5)).toFixed(1)}`;
    });
    return `<polygon class="star" points="${points.join(" ")}"/>`;
  }

  // ---- the sliders, the words, the address

  function summary() {
    const { within, low, high } = read(state);
    return `${money(state.value)} by ${state.deadline}, as known on ${grid.days[state.day]}: ` +
      `${percent(within)}, the evidence from ${percent(low)} to ${percent(high)}.`;
  }

  function show() {
    const found = read(state), [first, last] = years(state.day);
    deadline.min = first;
    deadline.max = last;
    const away = grid.values.map((stop) => Math.abs(Math.log(stop / state.value)));
    value.value = away.indexOf(Math.min(...away));
    deadline.value = state.deadline;
    day.value = state.day;
    place("value-said").textContent = money(state.value);
    place("deadline-said").textContent = state.deadline;
    place("day-said").textContent = grid.days[state.day];
    for (const slider of [value, deadline, day]) {
      slider.setAttribute("aria-valuetext", `${place(`${slider.id}-said`).textContent}; ${percent(found.within)}`);
    }
    const now = place("now");
    now.textContent = percent(found.within);
    now.dataset.within = found.within;
    now.dataset.ever = found.ever;
    now.dataset.low = found.low;
    now.dataset.high = found.high;
    place("words").textContent = found.words;
    place("range").textContent = `evidence from ${percent(found.low)} to ${percent(found.high)}`;
    place("ever").textContent = `${percent(found.ever)} ever by then`;
    document.querySelectorAll("#fan svg").forEach(draw);
  }

  function remember() {
    const asked = new URLSearchParams();
    if (state.value !== start.value) asked.set("value", state.value);
    if (state.deadline !== start.deadline) asked.set("by", state.deadline);
    if (state.day !== start.day) asked.set("known", grid.days[state.day]);
    const query = asked.toString();
    window.history.replaceState(null, "", (query ? `?${query}` : location.pathname) + location.hash);
  }

  function moved() {
    const [first, last] = years(state.day);
    state.deadline = Math.min(last, Math.max(first, state.deadline));
    show();
  }

  let waiting = 0;
  function later() {
    clearTimeout(waiting);
    waiting = setTimeout(remember, 150);
  }

  value.addEventListener("input", () => {
    state.value = grid.values[Number(value.value)];
    moved();
    later();
  });
  deadline.addEventListener("input", () => {
    state.deadline = Number(deadline.value);
    moved();
    later();
  });
  day.addEventListener("input", () => {
    state.day = Number(day.value);
    moved();
    later();
  });
  place("reset").addEventListener("click", () => {
    Object.assign(state, start);
    moved();
    remember();
  });

  const asked = new URLSearchParams(location.search);
  const [given, by, on] = [Number(asked.get("value")), Number(asked.get("by")), grid.days.indexOf(asked.get("known"))];
  if (given > 0) state.value = Math.min(grid.values[STEPS], Math.max(grid.values[0], given));
  if (by > 0) state.deadline = Math.round(by);
  if (on >= 0) state.day = on;
  day.parentElement.hidden = grid.days.length < 2;
  place("explore").hidden = false;
  if (asked.has("value") || asked.has("by") || asked.has("known")) moved();
  else show();
}
