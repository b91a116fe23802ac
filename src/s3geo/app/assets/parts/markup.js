// Figures and tables that come as markup: dots and cells share the selection, headings sort.

import { choose, follow, hover, mounted, node, page, unmount } from "./page.js";

export async function render(component) {
  const state = await mounted(component, (made, root) => {
    made.frame = root.appendChild(node("div", "s3markup"));
    made.end = follow(() => mark(made));
  });
  if (state.id === state.data.rows_id) return;
  state.id = state.data.rows_id;
  state.frame.innerHTML = state.data.html; // ours, escaped where it was made
  for (const dot of state.frame.querySelectorAll("circle[data-code]")) {
    dot.addEventListener("mouseenter", () => hover(dot.dataset.code));
    dot.addEventListener("mouseleave", () => hover(null));
    dot.addEventListener("click", () => choose(page.selected === dot.dataset.code ? null : dot.dataset.code));
  }
  state.frame.querySelectorAll("table.sortable").forEach(sortable);
  mark(state);
}

export { unmount as destroy };

function mark(state) {
  for (const dot of state.frame.querySelectorAll("circle[data-code]")) {
    dot.classList.toggle("hover", dot.dataset.code === page.hovered);
    dot.classList.toggle("chosen", dot.dataset.code === page.selected);
  }
}

// The first column sorts by the order of the framework, with the headings of its cells; any other by `data-key`.
function sortable(table) {
  const body = table.tBodies[0];
  const all = [...body.rows];
  const lines = all.filter((row) => row.dataset.at !== undefined);
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = head.querySelector("button.sort");
    if (!button) return;
    button.onclick = () => {
      const now = head.getAttribute("aria-sort");
      const up = column === 0 ? now !== "ascending" : now === "descending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      body.replaceChildren(...(column === 0 && up ? all : sorted(lines, column, up)));
    };
  });
}

function sorted(lines, column, up) {
  const key = (row) => (column === 0 ? row.dataset.at : row.cells[column].dataset.key);
  return [...lines].sort((a, b) => {
    const [x, y] = [key(a), key(b)];
    if (x === undefined || y === undefined) return (x === undefined) - (y === undefined); // no data is last whichever way
    return (up ? 1 : -1) * (Number(x) - Number(y));
  });
}
