// Sliders of a target's page. Python drew the picture and worked out every chance, word and label;
// this reads them at the sliders' positions, and moves, relabels and copies the picture's parts.
{
  const view = JSON.parse(document.getElementById("grid").textContent);
  const place = (id) => document.getElementById(id);
  const [value, deadline, day] = ["value", "deadline", "day"].map(place);
  const start = { ...view.start, day: view.days.length - 1 };
  const state = { ...start };

  // ---- what the grid says

  const origin = (n) => view.origins[n];
  const years = (n) => [Math.max(view.open_from[n], view.since), origin(n) + view.chances[n].length];
  // Whole percent, 0 and 100 for less and more than can be told. A curve says how far it falls from
  // 100 at each stop: a sign for two stops of up to 7 each, after ~ for one, of 64 more for each
  // further ~. After the last sign it falls no more.
  const SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_";
  const percent = (whole) => (whole < 1 ? "under 1%" : whole > 99 ? "over 99%" : `${whole}%`);
  const falls = (curve) => [...curve.matchAll(/(~*)([\w-])/g)].flatMap(([, more, sign]) => {
    const n = SIGNS.indexOf(sign);
    return more ? [n + SIGNS.length * (more.length - 1)] : [n >> 3, n & 7];
  });
  const at = (curve, stop) => falls(curve).slice(0, stop + 1).reduce((now, fall) => now - fall, 100);

  function read() {
    const ahead = state.deadline - origin(state.day) - 1;
    const curves = view.chances[state.day][ahead];
    const [within, ever, low, high] = curves.map((curve) => (curve === null ? null : at(curve, state.value)));
    // Each run of the same words: the stop from which it holds, in two digits, and a sign for the words.
    const runs = view.words[state.day][ahead].match(/.../g);
    const words = view.vocabulary[SIGNS.indexOf(runs.findLast((run) => run.slice(0, 2) <= state.value)[2])];
    const alone = view.alone[state.day][ahead];
    // The number shown: where no deadline was named, of any year up to the one looked at.
    return { within, ever, low, high, words, alone, shown: view.vague ? ever : within };
  }

  // What the other ways give: they estimate the chance in the year itself.
  function others({ within, low, high, alone }) {
    if (low === null) return "no other way to estimate it";
    const where = within < low ? "higher" : within > high ? "lower" : "";
    const ends = low === high ? percent(low) : `${percent(low)} to ${percent(high)}`;
    if (alone) return `one other way (${alone}): ${ends}${where && `, which is ${where}`}`;
    return `other ways: ${ends}${where && `; all are ${where}`}`;
  }

  // ---- the picture

  function seen() {
    const now = origin(state.day);
    return {
      known: view.known[state.day],
      later: view.known.at(-1).filter(([year]) => year > now),
      fan: view.fans[state.day].slice(0, state.deadline - now).map((row, i) => [now + 1 + i, ...row]),
    };
  }

  // A line breaks where years are missing, as Python's does.
  const inARow = (known, i) => i > 0 && i < known.length && known[i][0] === known[i - 1][0] + 1;
  // A year alone is a short line, whose round ends make it a dot.
  const line = (known, spot) => known.map((p, i) => {
    const [a, b] = spot(p), at = `${a.toFixed(1)} ${b.toFixed(1)}`;
    if (inARow(known, i)) return `L${at}`;
    return inARow(known, i + 1) ? `M${at}` : `M${(a - 2).toFixed(1)} ${b.toFixed(1)}h4`;
  }).join("");
  const path = (points) => (points.length ? `M${points.map(([a, b]) => `${a.toFixed(1)} ${b.toFixed(1)}`).join("L")}` : "");
  const show = (part, seen) => part.setAttribute("visibility", seen ? "visible" : "hidden");

  // As many parts of a kind as are needed, copies of the last one if there are fewer.
  function enough(svg, kind, many) {
    const parts = [...svg.querySelectorAll(`.${kind}`)];
    while (parts.length < many) {
      const last = parts.at(-1);
      parts.push(last.cloneNode(true));
      last.after(parts.at(-1));
    }
    return parts;
  }

  function put(part, places) {
    for (const [name, at] of Object.entries(places)) part.setAttribute(name, at);
  }

  function move(svg) {
    const { width, height } = svg.viewBox.baseVal, { known, later, fan } = seen();
    const part = (kind) => svg.querySelector(`.${kind}`);
    const room = { left: 52, right: width - 16, top: 30, bottom: height - 30 };
    const first = known[0][0], last = Math.max(state.deadline, origin(view.days.length - 1));
    const goal = view.values[state.value];
    const most = 1.05 * Math.max(goal, ...[...known, ...later].map((p) => p[1]), ...fan.map((f) => f[5]));
    const [top, labels] = view.rungs.find(([end]) => end >= most);
    const x = (year) => room.left + ((room.right - room.left) * (year - first)) / Math.max(1, last - first);
    const y = (amount) => room.bottom - ((room.bottom - room.top) * amount) / top;
    const spot = ([year, amount]) => [x(year), y(amount)];

    const level = (i) => y((top * i) / (labels.length - 1));
    part("grid").setAttribute("d", labels.map((_, i) => path([[room.left, level(i)], [room.right, level(i)]])).join(""));
    enough(svg, "tick", labels.length).forEach((tick, i) => {
      show(tick, i < labels.length);
      put(tick, { y: level(i) + 4 });
      tick.textContent = labels[i] ?? "";
    });
    // Of the steps the first with which an axis may show as many years.
    const step = view.steps[view.spans[width > 500 ? 0 : 1].findIndex((most) => last - first <= most)];
    const marked = [];
    for (let year = Math.ceil(first / step) * step; year <= last; year += step) marked.push(year);
    enough(svg, "year", marked.length).forEach((one, i) => {
      show(one, i < marked.length);
      one.textContent = marked[i] ?? "";
      put(one, { x: x(marked[i] ?? last) });
    });

    const from = spot(known.at(-1)), ahead = (k) => fan.map((f) => [x(f[0]), y(f[k])]);
    part("band80").setAttribute("d", `${path([from, ...ahead(5), ...ahead(1).reverse()])}Z`);
    part("band50").setAttribute("d", `${path([from, ...ahead(4), ...ahead(2).reverse()])}Z`);
    part("median").setAttribute("d", path([from, ...ahead(3)]));
    part("known").setAttribute("d", known.length > 1 ? line(known, spot) : "");
    part("later").setAttribute("d", later.length ? path([from, ...later.map(spot)]) : "");
    put(part("dot"), { cx: from[0], cy: from[1] });
    put(part("goal"), { y1: y(goal), y2: y(goal) });
    put(part("aim"), { y: y(goal) - 7 });
    part("aim").textContent = `target ${view.said.values[state.value]}`;
    if (part("star")) put(part("star"), { transform: `translate(${x(state.deadline)} ${y(goal)})` });
    // Words of the last year go above all points that they would cover, a letter some nine pixels wide;
    // those of a year alone go below it where the target's line is close above.
    const named = view.said.last[state.day], [right, down] = from;
    const covered = known.map(spot).filter(([a]) => a > right - 9 * named.length).map(([, b]) => b);
    const belowGoal = down - y(goal), apart = !inARow(known, known.length - 1);
    let up = apart && belowGoal >= 0 && belowGoal < 40 ? 20 : Math.min(...covered) - down - 10;
    // So do those that would stand in the target's own words.
    const anchor = right > 0.72 * width ? "end" : right > 0.25 * width ? "middle" : "start";
    const long = 8 * named.length, begin = { end: right + 6 - long, middle: right - long / 2, start: right }[anchor];
    const aim = room.left + 4 + 8 * part("aim").textContent.length;
    if (begin < aim && Math.abs(down + up - (y(goal) - 7)) < 16) {
      up = Math.max(20, y(goal) + 9 - down, Math.max(...covered) - down + 18);
    }
    put(part("last"), { x: anchor === "end" ? Math.min(right + 6, width - 2) : right, y: Math.max(14, down + up), "text-anchor": anchor });
    part("last").textContent = named;

    const last_day = view.said.known.at(-1), this_day = { ...last_day, ...view.said.known[state.day] };
    const said = known.map((p) => [...spot(p), this_day[p[0]]]);
    said.push(...later.map((p) => [...spot(p), last_day[p[0]]]));
    said.push(...fan.map((f, i) => [x(f[0]), y(f[3]), view.said.fans[state.day][i].replace("~", view.said.each)]));
    // What points say stands in the wide picture alone.
    if (svg.closest(".wide")) enough(svg, "spot", said.length).forEach((one, i) => {
      show(one, i < said.length);
      if (i < said.length) put(one, { cx: said[i][0], cy: said[i][1], "data-said": said[i][2] });
    });
  }

  // ---- the sliders, the words, the address

  function summary() {
    const found = read();
    return `${view.pair}: ${view.said.values[state.value]} by ${state.deadline}, as known on ${view.said.days[state.day]}: ` +
      `${percent(found.shown)}; ${others(found)}.`;
  }

  function tell() {
    const found = read(), [first, last] = years(state.day);
    deadline.min = first;
    deadline.max = last;
    for (const [slider, at] of [[value, state.value], [deadline, state.deadline], [day, state.day]]) slider.value = at;
    place("value-said").textContent = view.said.values[state.value];
    place("deadline-said").textContent = state.deadline;
    place("day-said").textContent = view.said.days[state.day];
    for (const slider of [value, deadline, day]) {
      slider.setAttribute("aria-valuetext", `${place(`${slider.id}-said`).textContent}; ${percent(found.shown)}`);
    }
    const now = place("now");
    now.textContent = percent(found.shown);
    for (const name of ["within", "ever", "low", "high"]) now.dataset[name] = found[name] ?? "";
    place("words").textContent = view.few ? "of pairs of this size" : found.words;
    place("ever").textContent = view.vague
      ? `in any year up to ${state.deadline}; ${percent(found.within)} in ${state.deadline} itself`
      : `${percent(found.ever)} in any year up to ${state.deadline}`;
    place("range").textContent = others(found);
  }

  function moved() {
    const [first, last] = years(state.day);
    state.deadline = Math.min(last, Math.max(first, state.deadline));
    tell();
    document.querySelectorAll("#fan svg").forEach(move);
    document.querySelector("#fan title").textContent = summary();
  }

  function remember() {
    const asked = new URLSearchParams();
    if (state.value !== start.value) asked.set("value", view.values[state.value]);
    if (state.deadline !== start.deadline) asked.set("by", state.deadline);
    if (state.day !== start.day) asked.set("known", view.days[state.day]);
    const query = asked.toString();
    window.history.replaceState(null, "", (query ? `?${query}` : location.pathname) + location.hash);
  }

  let waiting = 0;
  for (const slider of [value, deadline, day]) {
    slider.addEventListener("input", () => {
      state[slider.id] = Number(slider.value);
      moved();
      clearTimeout(waiting);
      waiting = setTimeout(remember, 150);
    });
  }
  place("reset").addEventListener("click", () => {
    Object.assign(state, start);
    moved();
    remember();
  });

  const asked = new URLSearchParams(location.search);
  const [given, by, on] = [Number(asked.get("value")), Number(asked.get("by")), view.days.indexOf(asked.get("known"))];
  if (given > 0) {
    const away = view.values.map((stop) => Math.abs(Math.log(stop / given)));
    state.value = away.indexOf(Math.min(...away));
  }
  if (by > 0) state.deadline = Math.round(by);
  if (on >= 0) state.day = on;
  day.parentElement.hidden = view.days.length < 2;
  place("explore").hidden = false;
  if (["value", "by", "known"].some((name) => asked.has(name))) moved();
  else tell();
}
