// The regions of a map answer the pointer and the keyboard, and show what is chosen, compared and pointed at.

import { choose, hover } from "./page.js";

const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

export function areas(state) {
  let cursor = null;
  let outlines = [];
  let ring = null;
  const regions = () => state.layers.get("regions");

  function wire(feature, path) {
    path.s3words = document.createElement("span");
    path.bindTooltip(path.s3words, { sticky: true, className: "s3map-tip", direction: "auto" });
    path.on("click", (event) => {
      event.originalEvent.s3geo = true;
      choose(feature.id, shared(event.latlng));
    });
    path.on("mouseover", () => hover(feature.id));
    path.on("mouseout", () => hover(null));
    path.on("add", () => {
      const element = path.getElement();
      element.dataset.code = feature.id;
      element.setAttribute("role", "button");
      element.setAttribute("tabindex", "-1");
      element.addEventListener("focus", () => {
        cursor = feature.id;
        rove();
        path.openTooltip(path.getBounds().getCenter());
      });
      element.addEventListener("blur", () => path.closeTooltip());
    });
  }

  function name(path, words) {
    path.s3words.textContent = words;
    path.getElement()?.setAttribute("aria-label", words);
  }

  // The regions a point of an overlap belongs to, else undefined.
  function shared(latlng) {
    for (const feature of state.layers.get("overlaps")?.features?.values() ?? []) {
      const { type, coordinates } = feature.geometry;
      const polygons = type === "Polygon" ? [coordinates] : coordinates;
      if (polygons.some((rings) => inside(rings, latlng.lng, latlng.lat))) {
        return { district: feature.properties.name, codes: feature.properties.regions };
      }
    }
  }

  function line(code, styles) {
    const feature = regions()?.features?.get(code);
    if (!feature) return [];
    return styles.map((style) =>
      state.L.geoJSON(feature, {
        pane: "selection", interactive: false, smoothFactor: 0.6, style: { fill: false, ...style },
      }).addTo(state.map),
    );
  }

  function selected(code, compared) {
    for (const outline of outlines) outline.remove();
    outlines = [];
    if (!regions()?.group) return;
    regions().group.eachLayer((path) => {
      const element = path.getElement();
      const pressed = String(path.feature.id === code);
      if (element && element.getAttribute("aria-pressed") !== pressed) element.setAttribute("aria-pressed", pressed);
    });
    const { ink } = state.component.data;
    for (const other of compared) {
      outlines.push(...line(other, [{ color: "#ffffff", weight: 4 }, { color: ink, weight: 2, dashArray: "5 4" }]));
    }
    // a white casing, so that the line is seen on the darkest class
    outlines.push(...line(code, [{ color: "#ffffff", weight: 6 }, { color: ink, weight: 3 }]));
    if (regions().features.has(code)) cursor = code;
    rove();
  }

  function hovered(code) {
    ring?.forEach((outline) => outline.remove());
    ring = code && line(code, [{ color: "#ffffff", weight: 4 }, { color: state.component.data.ink, weight: 1.75 }]);
    regions()?.group?.eachLayer((path) => path.getElement()?.classList.toggle("hover", path.feature.id === code));
  }

  // One tab stop: the region the keys stand on.
  function rove() {
    if (!regions()?.group) return;
    const { order } = regions().spec;
    const at = order.includes(cursor) ? cursor : order[0];
    regions().group.eachLayer((path) => {
      path.getElement()?.setAttribute("tabindex", path.feature.id === at ? "0" : "-1");
    });
  }

  function keys(event) {
    const code = event.target.dataset?.code;
    if (event.key === "Escape") return choose(null);
    if (!regions()?.group || !code) return;
    const { order } = regions().spec;
    let next;
    if (event.key in STEPS) next = order[(order.indexOf(code) + STEPS[event.key] + order.length) % order.length];
    else if (event.key === "Home") next = order[0];
    else if (event.key === "End") next = order[order.length - 1];
    else if (event.key === "Enter" || event.key === " ") choose(code);
    else return;
    event.preventDefault();
    if (next) regions().group.eachLayer((path) => path.feature.id === next && path.getElement().focus());
  }

  return { wire, name, selected, hovered, keys };
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
