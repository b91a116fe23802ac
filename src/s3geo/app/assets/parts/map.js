// Draws the layers of a folium.Map with Leaflet inside a Streamlit component, and keeps that one map mounted.
//
// Geometry arrives as the address of a static file named by its content and is fetched once; a change of
// indicator or classes only changes styles and words; the selection comes from page.js.

import { areas } from "./areas.js";
import { overlays } from "./overlays.js";
import { address, choose, file, follow, node, onPaper, page, stylesheet } from "./page.js";

const states = new WeakMap();
const views = new Map(); // last centre and zoom by component key, for when a page is left and visited again

export async function render(component) {
  const { parentElement } = component;
  let state = states.get(parentElement);
  if (!state) {
    state = { layers: new Map() };
    state.ready = create(component, state);
    states.set(parentElement, state);
  }
  state.component = component;
  await state.ready;
  if (states.get(parentElement) === state) update(state, state.component.data);
}

export function destroy(parentElement) {
  const state = states.get(parentElement);
  if (!state) return;
  states.delete(parentElement);
  state.unfollow?.();
  state.observer?.disconnect();
  state.unpaper?.();
  state.map?.remove();
}

async function create(component, state) {
  const { data, parentElement } = component;
  const [{ default: L }] = await Promise.all([import(address(data.leaflet)), stylesheet(parentElement, data.css)]);
  state.L = L;

  const frame = node("div", `s3map ${data.small ? "small" : ""}`);
  state.title = frame.appendChild(node("p", "s3map-title"));
  state.canvas = frame.appendChild(node("div", "s3map-canvas"));
  state.legend = frame.appendChild(node("div", "s3map-legend"));
  state.hint = frame.appendChild(node("p", "s3map-hint"));
  state.hint.textContent = "Tab into the map, move with the arrow keys, press Enter to choose and Escape to clear.";
  state.credit = frame.appendChild(node("p", "s3map-credit"));
  parentElement.appendChild(frame);

  const map = (state.map = L.map(state.canvas, {
    ...data.options,
    attributionControl: false,
    zoomControl: false,
    keyboard: false, // the regions have their own keys
    scrollWheelZoom: false, // the page scrolls past the map
    dragging: !data.small && !matchMedia("(pointer: coarse)").matches, // one finger scrolls the page, two move the map
    zoomAnimation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
  }));
  if (!data.small) L.control.zoom({ position: "topright" }).addTo(map);
  const panes = [
    ["land", 380], ["regions", 400], ["overlaps", 420], ["districts", 430], ["selection", 440], ["arcs", 450],
    ["points", 460],
  ];
  for (const [name, level] of panes) {
    map.createPane(name).style.zIndex = level;
    if (name !== "regions" && name !== "points") map.getPane(name).style.pointerEvents = "none";
  }
  state.areas = areas(state);
  state.overlays = overlays(state);
  state.canvas.addEventListener("keydown", (event) => state.areas.keys(event));
  map.on("click", (event) => {
    if (!event.originalEvent.s3geo) choose(null);
  });
  map.on("moveend", () => {
    state.canvas.dataset.zoom = map.getZoom();
    if (state.fitted) views.set(state.component.key, { center: map.getCenter(), zoom: map.getZoom() });
  });
  map.on("zoomstart dragstart", () => {
    if (state.fitted) state.moved = true;
  });
  state.observer = new ResizeObserver(() => fit(state));
  state.observer.observe(state.canvas);
  state.unpaper = onPaper((on) => {
    state.canvas.classList.toggle("on-paper", on); // a size of its own, whatever the screen's
    fit(state);
  });
  state.unfollow = follow((what) => {
    if (what === "hovered") state.areas.hovered(page.hovered);
    else selected(state);
  });
}

function selected(state) {
  state.areas.selected(page.selected, page.compared);
  if (state.component) state.overlays.selected(page.selected);
}

function fit(state) {
  const { map, canvas } = state;
  if (!canvas.clientWidth || !canvas.clientHeight) return;
  map.invalidateSize({ animate: false });
  if (state.moved) return;
  const kept = views.get(state.component.key);
  const programmatic = state.fitted;
  state.fitted = false;
  if (kept && !programmatic) {
    map.setView(kept.center, kept.zoom, { animate: false });
    state.moved = true;
  } else {
    const [[south, west], [north, east]] = state.component.data.bounds;
    // the legend stands left of England, over the sea
    const room = getComputedStyle(state.legend).position === "absolute" ? state.legend.offsetWidth : 0;
    const spare = Math.max(0, canvas.clientWidth - 0.78 * canvas.clientHeight);
    const edge = state.component.data.small ? 2 : 8;
    map.fitBounds([[south, west], [north, east]], {
      animate: false,
      paddingTopLeft: [Math.min(room, spare) + edge, edge],
      paddingBottomRight: [edge, edge],
    });
  }
  state.fitted = true;
}

function update(state, data) {
  state.canvas.setAttribute("role", "group");
  state.canvas.setAttribute("aria-label", data.title);
  state.title.textContent = data.small ?? "";
  if (state.legend.dataset.html !== data.legend_id) {
    state.legend.dataset.html = data.legend_id;
    state.legend.innerHTML = data.legend;
    state.overlays.legendDrawn();
    fit(state);
  }
  defs(state, data.defs);
  const wanted = new Set(data.layers.map((spec) => spec.role));
  for (const [role, held] of state.layers) {
    if (!wanted.has(role)) {
      held.group?.remove();
      state.layers.delete(role);
    }
  }
  for (const spec of data.layers) show(state, spec);
  state.overlays.update(data.overlays);
  selected(state);
}

function show(state, spec) {
  const held = state.layers.get(spec.role);
  if (held && held.url === spec.url) {
    held.spec = spec;
    if (held.group) paint(state, held);
    return;
  }
  const next = { url: spec.url, spec, previous: held?.group ?? held?.previous };
  state.layers.set(spec.role, next);
  file(spec.url)
    .then((features) => {
      if (state.layers.get(next.spec.role) !== next) return; // a later change has overtaken this answer
      next.features = new Map(features.features.map((f) => [f.id, f]));
      next.group = state.L.geoJSON(features, {
        pane: next.spec.role,
        interactive: next.spec.interactive,
        smoothFactor: 0.6,
        style: (feature) => styleOf(next.spec, feature.id),
        onEachFeature: (feature, path) => next.spec.interactive && state.areas.wire(feature, path),
      });
      next.previous?.remove();
      next.previous = undefined;
      next.group.addTo(state.map);
      paint(state, next);
      if (next.spec.interactive) selected(state);
    })
    .catch(() => {
      state.hint.textContent = "The map's shapes could not be loaded. Reload the page; the tables beside it are complete.";
      state.hint.classList.add("error");
    });
}

const styleOf = (spec, code) => spec.styles[spec.of[code] ?? 0];

function paint(state, held) {
  const { spec } = held;
  held.group.eachLayer((path) => {
    const code = path.feature.id;
    path.setStyle(styleOf(spec, code));
    if (spec.interactive) state.areas.name(path, spec.labels[code] ?? path.feature.properties.name);
  });
}

// Patterns must stand in the same tree as the paths that refer to them.
function defs(state, id) {
  if (state.defs === id) return;
  state.defs = id;
  state.defsHost ??= state.canvas.appendChild(document.createElement("div"));
  state.defsHost.style.cssText = "position:absolute;width:0;height:0;overflow:hidden";
  state.defsHost.innerHTML = `<svg width="0" height="0" aria-hidden="true"><defs>${id}</defs></svg>`;
}
