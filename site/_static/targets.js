// Sorts, filters and searches the table of targets; the address keeps what was asked.
{
  const table = document.getElementById("targets");
  const body = table.tBodies[0];
  const rows = [...body.rows].map((row) => ({ row, text: plain(`${row.textContent} ${row.dataset.search}`), order: row.rowIndex }));
  const heads = [...table.tHead.rows[0].cells];
  const form = document.querySelector(".filters");
  const [search, status, known, count] = ["search", "status", "known", "count"].map((id) =>
    document.getElementById(id),
  );

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
    body.append(...rows.map((one) => one.row));
  }

  function filter() {
    const wanted = plain(search.value).split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const { row, text } of rows) {
      const fits =
        wanted.every((word) => text.includes(word)) &&
        (!status.value || row.dataset.status === status.value) &&
        (!known.checked || row.cells[3].dataset.v !== "");
      row.hidden = !fits;
      shown += fits;
    }
    count.value = `${shown} of ${rows.length} targets`;
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
      remember();
    });
  });

  const asked = new URLSearchParams(location.search);
  search.value = asked.get("q") ?? "";
  status.value = asked.get("status") ?? "";
  known.checked = asked.has("known");
  const sorted = /^(\d)([ad])$/.exec(asked.get("sort") ?? "");
  if (sorted && heads[sorted[1]]) sort(Number(sorted[1]), sorted[2] === "d");
  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", () => {
    filter();
    remember();
  });
  filter();
}
