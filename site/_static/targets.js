// Sorts, filters and searches the table of targets; the address keeps what was asked. Until something
// is asked the table stands in folded parts, as it does without scripts.
{
  const whole = document.getElementById("targets");
  const [table, ...others] = whole.querySelectorAll("table");
  const body = table.tBodies[0];
  const rows = [...whole.querySelectorAll("tbody tr")].map((row, order) => ({ row, text: plain(`${row.textContent} ${row.dataset.search}`), order }));
  const heads = [...table.tHead.rows[0].cells];
  const form = document.querySelector(".filters");
  const [search, status, known, count, more] = ["search", "status", "known", "count", "more"].map((id) =>
    document.getElementById(id),
  );
  // Rows that are shown at most, and how many more at each wish.
  const STEP = 100;
  let most = STEP;

  function plain(text) {
    return text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[–-]/g, " ").toLowerCase();
  }

  function value(row, column) {
    const given = row.cells[column].dataset.v;
    if (given === "") return null;
    return heads[column].dataset.kind === "number" ? Number(given) : given;
  }

  function sort(column, down) {
    const sign = down ? -1 : 1;
    rows.sort((a, b) => {
      const [x, y] = [value(a.row, column), value(b.row, column)];
      if (x === null || y === null) return (x === null) - (y === null) || a.order - b.order;
      return (x < y ? -1 : x > y ? 1 : 0) * sign || a.order - b.order;
    });
    heads.forEach((head, i) => {
      if (i === column) head.setAttribute("aria-sort", down ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    });
  }

  // One table of all parts, and of it what was asked.
  function show() {
    body.append(...rows.map((one) => one.row));
    table.caption.textContent = whole.dataset.all;
    for (const other of others) other.closest("details").remove();
    const wanted = plain(search.value).split(/\s+/).filter(Boolean);
    let fitting = 0;
    for (const { row, text } of rows) {
      const fits =
        wanted.every((word) => text.includes(word)) &&
        row.dataset.status.startsWith(status.value) &&
        (!known.checked || row.cells[3].dataset.v !== "");
      fitting += fits;
      row.hidden = !fits || fitting > most;
    }
    count.value = `${fitting} of ${rows.length} targets`;
    more.hidden = fitting <= most;
  }

  function remember() {
    const asked = new URLSearchParams();
    if (search.value) asked.set("q", search.value);
    if (status.value) asked.set("status", status.value);
    if (known.checked) asked.set("known", "1");
    const sorted = heads.findIndex((head) => head.hasAttribute("aria-sort"));
    if (sorted >= 0) {
      asked.set("sort", `${sorted}${heads[sorted].getAttribute("aria-sort") === "descending" ? "d" : "a"}`);
    }
    const query = asked.toString();
    history.replaceState(null, "", query ? `?${query}` : location.pathname);
  }

  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const first = head.dataset.kind === "number" ? "descending" : "ascending";
      const now = head.getAttribute("aria-sort");
      sort(column, now === null ? first === "descending" : now === "ascending");
      show();
      remember();
    });
  });

  const asked = new URLSearchParams(location.search);
  search.value = asked.get("q") ?? "";
  status.value = asked.get("status") ?? "";
  known.checked = asked.has("known");
  const sorted = /^(\d)([ad])$/.exec(asked.get("sort") ?? "");
  if (sorted && heads[sorted[1]]) sort(Number(sorted[1]), sorted[2] === "d");
  if (["q", "status", "known", "sort"].some((name) => asked.has(name))) show();
  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", () => {
    most = STEP;
    show();
    remember();
  });
  more.addEventListener("click", () => {
    most += STEP;
    show();
  });
}
