// The menu of phones is the head of the page once more; the theme opens it in a dialogue.
document.addEventListener("DOMContentLoaded", () => {
  for (const side of ["center", "end"]) {
    const items = document.createElement("div");
    items.className = `sidebar-header-items__${side}`;
    for (const item of document.querySelectorAll(`.navbar-header-items__${side} .navbar-item`)) {
      items.append(item.cloneNode(true));
    }
    document.getElementById("menu")?.append(items);
  }
});
