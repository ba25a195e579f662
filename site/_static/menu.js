// What works with scripts alone: the choice of colours, and the menu of phones, which is the head of
// the page once more. Both are there before the theme's own script looks for them.
{
  const MODES = { light: ["sun", "Light"], dark: ["moon", "Dark"], auto: ["circle-half-stroke", "System Settings"] };
  const modes = Object.entries(MODES);
  const signs = modes.map(([mode, [icon, name]]) => `<i class="theme-switch fa-solid fa-${icon} fa-lg" data-mode="${mode}" title="${name}"></i>`);
  const choices = modes.map(([mode, [icon, name]]) => `<li><button type="button" class="dropdown-item d-flex align-items-center theme-change-button" data-mode="${mode}"><i class="fa-solid fa-${icon} fa-lg me-1"></i>${name}</button></li>`);
  document.querySelector(".theme-switch-container").innerHTML = `<button type="button" class="btn btn-sm nav-link pst-navbar-icon theme-switch-button dropdown-toggle" aria-label="Color mode" data-bs-toggle="dropdown">${signs.join("")}</button><ul class="dropdown-menu dropdown-menu-end">${choices.join("")}</ul>`;

  for (const side of ["center", "end"]) {
    const items = document.createElement("div");
    items.className = `sidebar-header-items__${side}`;
    for (const item of document.querySelectorAll(`.navbar-header-items__${side} .navbar-item`)) {
      items.append(item.cloneNode(true));
    }
    document.getElementById("menu")?.append(items);
  }
}
