// Draws the layers of a folium.Map with Leaflet inside a Streamlit component, and keeps that one map mounted.
//
// Geometry arrives as the address of a static file named by its content and is fetched once; a change of
// indicator, classes or selection only changes styles and words. State lives on the component's parent element.

const states = new WeakMap();
const views = new Map(); // last centre and zoom by component key, for when a page is left and visited again

export async function render(component) {
  const { parentElement } = component;
  let state = states.get(parentElement);
  if (!state) {
    state = { layers: new Map(), cursor: null, selected: null };
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
  state.observer?.disconnect();
  state.map?.remove();
}

async function create(component, state) {
  const { data, parentElement } = component;
  const [{ default: L }] = await Promise.all([import(address(data.leaflet)), stylesheet(parentElement, data.css)]);
  state.L = L;

  const frame = node("div", "s3map");
  state.canvas = frame.appendChild(node("div", "s3map-canvas"));
  state.legend = frame.appendChild(node("div", "s3map-legend"));
  state.hint = frame.appendChild(node("p", "s3map-hint"));
  state.hint.textContent = "Tab into the map, move with the arrow keys, press Enter to choose and Escape to clear.";
  parentElement.appendChild(frame);

  const map = (state.map = L.map(state.canvas, {
    ...data.options,
    attributionControl: false,
    zoomControl: false,
    keyboard: false, // the regions have their own keys
    scrollWheelZoom: false, // the page scrolls past the map
    dragging: !matchMedia("(pointer: coarse)").matches, // one finger scrolls the page, two move the map
    zoomAnimation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
  }));
  L.control.zoom({ position: "topright" }).addTo(map);
  for (const [name, level] of [["land", 380], ["regions", 400], ["overlaps", 420], ["selection", 440]]) {
    map.createPane(name).style.zIndex = level;
    if (name !== "regions") map.getPane(name).style.pointerEvents = "none";
  }
  state.canvas.addEventListener("keydown", (event) => keys(state, event));
  map.on("click", (event) => {
    if (!event.originalEvent.s3geo) choose(state, null);
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
    map.fitBounds([[south, west], [north, east]], {
      animate: false,
      paddingTopLeft: [Math.min(room, spare) + 8, 8],
      paddingBottomRight: [8, 8],
    });
  }
  state.fitted = true;
}

function update(state, data) {
  const { L } = state;
  state.canvas.setAttribute("role", "group");
  state.canvas.setAttribute("aria-label", data.title);
  if (state.legend.dataset.html !== data.legend_id) {
    state.legend.dataset.html = data.legend_id;
    state.legend.innerHTML = data.legend;
    fit(state);
  }
  const wanted = new Set(data.layers.map((spec) => spec.role));
  for (const [role, held] of state.layers) {
    if (!wanted.has(role)) {
      held.group?.remove();
      state.layers.delete(role);
    }
  }
  for (const spec of data.layers) {
    const held = state.layers.get(spec.role);
    if (held && held.url === spec.url) {
      held.spec = spec;
      if (held.group) paint(state, held);
      continue;
    }
    const next = { url: spec.url, spec, previous: held?.group ?? held?.previous };
    state.layers.set(spec.role, next);
    fetch(address(spec.url))
      .then((response) => (response.ok ? response.json() : Promise.reject(response.status)))
      .then((features) => {
        if (state.layers.get(next.spec.role) !== next) return; // a later change has overtaken this answer
        next.features = new Map(features.features.map((f) => [f.id, f]));
        next.group = L.geoJSON(features, {
          pane: next.spec.role,
          interactive: next.spec.interactive,
          smoothFactor: 0.6,
          style: (feature) => styleOf(next.spec, feature.id),
          onEachFeature: (feature, path) => next.spec.interactive && wire(state, next, feature, path),
        });
        next.previous?.remove();
        next.previous = undefined;
        next.group.addTo(state.map);
        paint(state, next);
      })
      .catch(() => {
        state.hint.textContent = "The map's shapes could not be loaded. Reload the page; the tables beside it are complete.";
        state.hint.classList.add("error");
      });
  }
  if (data.selected !== state.selected || data.revision !== state.revision) select(state, data.selected);
  state.revision = data.revision;
}

const styleOf = (spec, code) => spec.styles[spec.of[code] ?? 0];

function paint(state, held) {
  const { spec } = held;
  defs(state, spec.role);
  held.group.eachLayer((path) => {
    const code = path.feature.id;
    path.setStyle(styleOf(spec, code));
    if (!spec.interactive) return;
    const label = spec.labels[code] ?? path.feature.properties.name;
    path.s3words.textContent = label;
    path.getElement()?.setAttribute("aria-label", label);
  });
  if (spec.role === "regions") {
    rove(state);
    select(state, state.component.data.selected);
  }
}

// Patterns must stand in the same tree as the paths that refer to them.
function defs(state) {
  const id = state.component.data.defs;
  if (state.defs === id) return;
  state.defs = id;
  state.defsHost ??= state.canvas.appendChild(document.createElement("div"));
  state.defsHost.style.cssText = "position:absolute;width:0;height:0;overflow:hidden";
  state.defsHost.innerHTML = `<svg width="0" height="0" aria-hidden="true"><defs>${id}</defs></svg>`;
}

function wire(state, held, feature, path) {
  path.s3words = document.createElement("span");
  path.bindTooltip(path.s3words, { sticky: true, className: "s3map-tip", direction: "auto" });
  path.on("click", (event) => {
    event.originalEvent.s3geo = true;
    const regions = shared(state, event.latlng);
    choose(state, feature.id, regions);
  });
  path.on("mouseover", () => path.getElement().classList.add("hover"));
  path.on("mouseout", () => path.getElement().classList.remove("hover"));
  path.on("add", () => {
    const element = path.getElement();
    element.dataset.code = feature.id;
    element.setAttribute("role", "button");
    element.setAttribute("tabindex", "-1");
    element.addEventListener("focus", () => {
      state.cursor = feature.id;
      rove(state);
      path.openTooltip(path.getBounds().getCenter());
    });
    element.addEventListener("blur", () => path.closeTooltip());
  });
}

// The regions a point of an overlap belongs to, else undefined.
function shared(state, latlng) {
  for (const feature of state.layers.get("overlaps")?.features?.values() ?? []) {
    const polygons = feature.geometry.type === "Polygon" ? [feature.geometry.coordinates] : feature.geometry.coordinates;
    if (polygons.some((rings) => inside(rings, latlng.lng, latlng.lat))) {
      return { district: feature.properties.name, codes: feature.properties.regions };
    }
  }
}

function inside(rings, x, y) {
  let odd = false;
  for (const ring of rings) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const [xi, yi] = ring[i];
      const [xj, yj] = ring[j];
      if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) odd = !odd;
    }
  }
  return odd;
}

function choose(state, code, overlap) {
  if (!overlap) select(state, code); // shown before the server answers
  state.component.setTriggerValue("chosen", { code, overlap: overlap ?? null });
}

function select(state, code) {
  state.selected = code ?? null;
  state.outline?.remove();
  state.outline = undefined;
  const regions = state.layers.get("regions");
  if (!regions?.group) return;
  regions.group.eachLayer((path) => {
    path.getElement()?.setAttribute("aria-pressed", String(path.feature.id === code));
  });
  const feature = regions.features.get(code);
  if (!feature) return;
  state.cursor = code;
  rove(state);
  state.outline = state.L.geoJSON(feature, {
    pane: "selection",
    interactive: false,
    smoothFactor: 0.6,
    style: { fill: false, color: "#ffffff", weight: 6 }, // a casing, so that the line is seen on the darkest class
  }).addTo(state.map);
  state.L.geoJSON(feature, {
    pane: "selection",
    interactive: false,
    smoothFactor: 0.6,
    style: { fill: false, color: state.component.data.ink, weight: 3 },
  }).addTo(state.outline);
}

// One tab stop: the region the keys stand on.
function rove(state) {
  const regions = state.layers.get("regions");
  if (!regions?.group) return;
  const order = regions.spec.order;
  const at = order.includes(state.cursor) ? state.cursor : order[0];
  regions.group.eachLayer((path) => {
    path.getElement()?.setAttribute("tabindex", path.feature.id === at ? "0" : "-1");
  });
}

const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

function keys(state, event) {
  const regions = state.layers.get("regions");
  const code = event.target.dataset?.code;
  if (event.key === "Escape") {
    choose(state, null);
    return;
  }
  if (!regions?.group || !code) return;
  const order = regions.spec.order;
  let next;
  if (event.key in STEPS) next = order[(order.indexOf(code) + STEPS[event.key] + order.length) % order.length];
  else if (event.key === "Home") next = order[0];
  else if (event.key === "End") next = order[order.length - 1];
  else if (event.key === "Enter" || event.key === " ") choose(state, code);
  else return;
  event.preventDefault();
  if (next) regions.group.eachLayer((path) => path.feature.id === next && path.getElement().focus());
}

function stylesheet(root, url) {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = address(url);
  const loaded = new Promise((resolve) => {
    link.onload = link.onerror = resolve;
  });
  root.appendChild(link);
  return loaded;
}

function node(tag, name) {
  const element = document.createElement(tag);
  element.className = name;
  return element;
}

const address = (path) => new URL(path, location.origin).href;
