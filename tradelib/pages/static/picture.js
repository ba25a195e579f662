// Tells the point of a picture that is nearest to the pointer.
for (const figure of document.querySelectorAll("figure.picture")) {
  const told = figure.querySelector(".told");

  function tell(event) {
    const svg = event.target.closest("svg");
    if (!svg) return;
    const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
    const across = (event.clientX - svg.getBoundingClientRect().left) / scale;
    const spots = [...svg.querySelectorAll(".spot")].filter((one) => one.getAttribute("visibility") !== "hidden");
    const away = spots.map((one) => Math.abs(Number(one.getAttribute("cx")) - across));
    const near = spots[away.indexOf(Math.min(...away))];
    if (!near) return;
    for (const one of svg.querySelectorAll(".spot.near")) one.classList.remove("near");
    near.classList.add("near");
    told.textContent = near.dataset.said;
    told.hidden = false;
    const edge = figure.clientWidth - told.offsetWidth;
    told.style.left = `${Math.max(0, Math.min(edge, Number(near.getAttribute("cx")) * scale - told.offsetWidth / 2))}px`;
  }

  function leave() {
    told.hidden = true;
    for (const one of figure.querySelectorAll(".spot.near")) one.classList.remove("near");
  }

  figure.addEventListener("pointermove", tell);
  figure.addEventListener("pointerdown", tell);
  figure.addEventListener("pointerleave", leave);
}
