// Tells the point of a picture that is nearest to the pointer. Points stand in the wide picture alone:
// those of a narrow one are the same, closer together. What leads to a page tells its own words.
for (const figure of document.querySelectorAll("figure.picture:has(.told)")) {
  const told = figure.querySelector(".told"), wide = figure.querySelector("svg");
  // Pixels between the axes and the edges, as in charts.py.
  const [left, right, top, bottom] = [52, 16, 30, 30];

  function tell(event) {
    const svg = event.target.closest("svg");
    if (!svg) return;
    if (svg.getAttribute("role") === "group") {
      const link = event.target.closest("a");
      if (link) say(link.getAttribute("aria-label"), event.clientX - figure.getBoundingClientRect().left);
      else leave();
      return;
    }
    const here = svg.viewBox.baseVal, full = wide.viewBox.baseVal;
    const across = (here.width - left - right) / (full.width - left - right);
    const upright = (here.height - top - bottom) / (full.height - top - bottom);
    const x = (one) => left + (one.getAttribute("cx") - left) * across;
    const y = (one) => top + (one.getAttribute("cy") - top) * upright;
    const box = svg.getBoundingClientRect(), scale = box.width / here.width;
    const spots = [...wide.querySelectorAll(".spot")].filter((one) => one.getAttribute("visibility") !== "hidden");
    const away = spots.map((one) => Math.abs(x(one) - (event.clientX - box.left) / scale));
    const near = spots[away.indexOf(Math.min(...away))];
    if (!near) return;
    leave();
    const mark = svg.appendChild(near.cloneNode());
    mark.setAttribute("class", "near");
    mark.setAttribute("cx", x(near));
    mark.setAttribute("cy", y(near));
    say(near.dataset.said, x(near) * scale);
  }

  function say(words, place) {
    told.textContent = words;
    told.hidden = false;
    const edge = figure.clientWidth - told.offsetWidth;
    told.style.left = `${Math.max(0, Math.min(edge, place - told.offsetWidth / 2))}px`;
  }

  function leave() {
    told.hidden = true;
    for (const mark of figure.querySelectorAll(".near")) mark.remove();
  }

  figure.addEventListener("pointermove", tell);
  figure.addEventListener("pointerdown", tell);
  figure.addEventListener("pointerleave", leave);
}
