// Every region in a table that can be sorted, chosen from and compared from: what the map says, without the map.
//
// One tab stop: arrows move between the names and the "compare" buttons, as in a grid.

import { choose, compare, follow, hover, mounted, node, page, redraw, unmount } from "./page.js";

export async function render(component) {
  const state = await mounted(component, (made, root) => {
    made.sort = { by: "rank", up: true };
    made.at = [0, 0];
    made.frame = root.appendChild(node("div", "s3rows"));
    made.note = root.appendChild(node("p", "s3note"));
    made.note.setAttribute("role", "status");
    made.end = follow((what) => mark(made, what));
  });
  redraw(state, state.data.rows_id, () => build(state));
}

export { unmount as destroy };

const COLUMNS = [["rank", "Rank"], ["name", "Area"], ["value", null], ["klass", "Class"]];

function build(state) {
  window.cancelIdleCallback?.(state.waiting); // what waits would draw the same again
  const { data, sort } = state;
  const table = node("table");
  const caption = table.appendChild(node("caption", "", data.caption));
  caption.className = "s3away";
  const head = table.createTHead().insertRow();
  for (const [key, label] of COLUMNS) {
    const cell = head.appendChild(node("th", key === "name" || key === "klass" ? "" : "num"));
    cell.scope = "col";
    if (sort.by === key) cell.setAttribute("aria-sort", sort.up ? "ascending" : "descending");
    const button = cell.appendChild(node("button", "sort", label ?? data.unit));
    button.type = "button";
    button.onclick = () => {
      state.sort = { by: key, up: sort.by === key ? !sort.up : key !== "value" };
      build(state);
      state.frame.querySelectorAll(".sort")[COLUMNS.findIndex(([k]) => k === key)].focus();
    };
  }
  head.appendChild(node("th", "", "Compare")).scope = "col";
  const body = table.createTBody();
  state.lines = new Map();
  for (const row of sorted(data.rows, sort)) {
    const line = body.insertRow();
    line.dataset.code = row.code;
    line.appendChild(node("td", "num", row.rank ?? "–"));
    const name = line.appendChild(node("th"));
    name.scope = "row";
    const pick = name.appendChild(node("button", "pick", row.name));
    pick.type = "button";
    pick.onclick = () => choose(page.selected === row.code ? null : row.code);
    line.appendChild(node("td", "num", row.text));
    const klass = line.appendChild(node("td", "klass"));
    if (row.fill) klass.appendChild(node("i")).style.background = row.fill;
    klass.append(row.klass);
    const add = line.insertCell().appendChild(node("button", "add"));
    add.type = "button";
    add.onclick = () => toggle(state, row);
    line.onmouseenter = () => hover(row.code);
    line.onmouseleave = () => hover(null);
    state.lines.set(row.code, { line, pick, add, row });
  }
  body.onkeydown = (event) => keys(state, event);
  body.addEventListener("focusin", (event) => focused(state, event));
  state.frame.replaceChildren(table);
  state.frame.tabIndex = -1;
  state.at = [0, 0];
  rove(state);
  mark(state, "selected");
}

function sorted(rows, { by, up }) {
  const sign = up ? 1 : -1;
  const empty = (row) => row[by] === null || row[by] === undefined;
  return [...rows].sort((a, b) => {
    if (empty(a) || empty(b)) return empty(a) - empty(b); // no data is last whichever way
    return sign * (typeof a[by] === "string" ? a[by].localeCompare(b[by], "en") : a[by] - b[by]);
  });
}

function toggle(state, row) {
  const on = !page.compared.includes(row.code);
  if (on && page.compared.length >= state.data.most) {
    state.note.textContent = `${row.name} was not added: at most ${state.data.most} areas can be compared. Take one out first.`;
    return;
  }
  state.note.textContent = "";
  compare(row.code, on);
}

function mark(state, what) {
  if (!state.lines) return;
  for (const [code, { line, pick, add, row }] of state.lines) {
    line.classList.toggle("hover", code === page.hovered);
    if (what === "hovered") continue;
    const chosen = code === page.selected;
    const compared = page.compared.includes(code);
    if (line.dataset.state === `${chosen} ${compared}`) continue; // few rows change, and each costs a layout
    line.dataset.state = `${chosen} ${compared}`;
    line.classList.toggle("chosen", chosen);
    pick.setAttribute("aria-pressed", String(chosen));
    add.textContent = compared ? "Remove" : "Add";
    add.setAttribute("aria-pressed", String(compared));
    add.setAttribute("aria-label", compared ? `Remove ${row.name} from the comparison` : `Compare ${row.name}`);
  }
  if (what !== "hovered") setTimeout(() => reveal(state));
}

// Bring the chosen row into the box, without moving the page; after what is urgent, for it needs a layout.
function reveal(state) {
  const held = state.lines.get(page.selected);
  if (!held || state.frame.scrollHeight <= state.frame.clientHeight) return;
  const { offsetTop, offsetHeight } = held.line;
  const { scrollTop, clientHeight } = state.frame;
  if (offsetTop < scrollTop + 40 || offsetTop + offsetHeight > scrollTop + clientHeight) {
    state.frame.scrollTop = offsetTop - clientHeight / 2;
  }
}

const grid = (state) => [...state.frame.querySelectorAll("tbody tr")].map((line) => [...line.querySelectorAll("button")]);

function rove(state) {
  grid(state).forEach((row, y) => row.forEach((button, x) => (button.tabIndex = y === state.at[0] && x === state.at[1] ? 0 : -1)));
}

function focused(state, event) {
  grid(state).forEach((row, y) => row.forEach((button, x) => button === event.target && (state.at = [y, x])));
  rove(state);
  hover(event.target.closest("tr")?.dataset.code ?? null);
}

function keys(state, event) {
  const rows = grid(state);
  const [y, x] = state.at;
  const to = {
    ArrowDown: [y + 1, x], ArrowUp: [y - 1, x], ArrowRight: [y, x + 1], ArrowLeft: [y, x - 1], Home: [0, x],
    End: [rows.length - 1, x],
  }[event.key];
  if (event.key === "Escape") return choose(null);
  if (!to) return;
  event.preventDefault();
  rows[Math.max(0, Math.min(rows.length - 1, to[0]))]?.[Math.max(0, Math.min(1, to[1]))]?.focus();
}
