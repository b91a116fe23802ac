// How the values lie: a histogram with the class breaks, and every region as a bar from high to low.
//
// Bars answer the pointer as the map does; by keyboard the table beside them does the same.

import { choose, follow, hover, mounted, node, page, redraw, svg, unmount } from "./page.js";

const W = 640;

export async function render(component) {
  const state = await mounted(component, (made, root) => {
    made.frame = root.appendChild(node("div", "s3chart"));
    made.end = follow(() => mark(made));
  });
  redraw(state, state.data.rows_id, () => {
    const { data } = state;
    state.frame.replaceChildren(
      figure("Distribution", data.words, histogram(data)),
      figure("From high to low", data.ranking, bars(state)),
    );
    mark(state);
  });
}

export { unmount as destroy };

function figure(title, words, picture) {
  const result = node("figure");
  result.append(node("h3", "", title), picture, node("figcaption", "", words));
  return result;
}

// Numbers arrive as shares of the width and height; nothing is computed here but pixels.
function histogram({ bins, marks, breaks, title }) {
  const H = 130;
  const base = H - 22;
  const picture = svg("svg", { viewBox: `0 0 ${W} ${H}`, role: "img", "aria-label": title });
  for (const bin of bins) {
    const height = bin.height * (base - 18);
    picture.append(
      svg("rect", {
        x: bin.left * W + 0.5, width: Math.max(1, (bin.right - bin.left) * W - 1), y: base - height, height, fill: bin.fill,
        stroke: "var(--edge)", "stroke-width": height ? 0.75 : 0,
      }),
    );
    if (bin.count) picture.append(label((bin.left + bin.right) / 2, base - height - 3, bin.count, "middle"));
  }
  picture.append(svg("line", { x1: 0, x2: W, y1: base, y2: base, class: "axis" }));
  for (const at of breaks) {
    picture.append(svg("line", { x1: at.x * W, x2: at.x * W, y1: base, y2: base + 5, class: "axis" }));
    picture.append(label(at.x, H - 4, at.label, at.x < 0.03 ? "start" : at.x > 0.97 ? "end" : "middle"));
  }
  for (const at of marks) {
    picture.append(svg("line", { x1: at.x * W, x2: at.x * W, y1: 12, y2: base, class: "england" }));
    picture.append(label(at.x, 9, at.label, at.x < 0.15 ? "start" : at.x > 0.85 ? "end" : "middle"));
  }
  return picture;
}

function bars(state) {
  const H = 150;
  const { columns, zero, england, title } = state.data;
  const picture = svg("svg", { viewBox: `0 0 ${W} ${H}`, role: "img", "aria-label": title });
  const y = (share) => 8 + (1 - share) * (H - 16);
  state.bars = new Map();
  const step = W / Math.max(1, columns.length);
  for (const [i, column] of columns.entries()) {
    const [top, bottom] = [y(Math.max(column.y, zero)), y(Math.min(column.y, zero))];
    const bar = svg("rect", {
      "data-bar": column.code,
      x: i * step + step * 0.08, width: step * 0.84, y: top, height: Math.max(1.5, bottom - top), fill: column.fill,
      stroke: "var(--edge)", "stroke-width": 0.75,
    });
    const hit = svg("rect", { x: i * step, width: step, y: 0, height: H, fill: "transparent", "data-code": column.code });
    hit.append(svg("title", {}));
    hit.firstChild.textContent = column.label;
    hit.style.cursor = "pointer";
    hit.onclick = () => choose(column.code);
    hit.onmouseenter = () => hover(column.code);
    hit.onmouseleave = () => hover(null);
    picture.append(bar, hit);
    state.bars.set(column.code, bar);
  }
  if (england !== null) picture.append(svg("line", { x1: 0, x2: W, y1: y(england), y2: y(england), class: "england" }));
  return picture;
}

function mark(state) {
  for (const [code, bar] of state.bars ?? []) {
    bar.classList.toggle("chosen", code === page.selected);
    bar.classList.toggle("compared", page.compared.includes(code));
    bar.classList.toggle("hover", code === page.hovered);
  }
}

function label(x, y, text, anchor) {
  const words = svg("text", { x: x * W, y, "text-anchor": anchor });
  words.textContent = text;
  return words;
}
