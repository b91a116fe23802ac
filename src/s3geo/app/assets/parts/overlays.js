// What can be laid over the regions: organisations, districts of the chosen region, its shared projects, a base map.
//
// `update` takes what is switched on; each overlay is an address of a static file, fetched when it is first wanted.

import { address, file, node } from "./page.js";

export function overlays(state) {
  const parts = [marks(state), points(state), districts(state), arcs(state), base(state)];
  let wanted = {};
  return {
    update(specs) {
      wanted = specs;
      for (const part of parts) part.update(specs[part.name] ?? null);
    },
    legendDrawn() {
      for (const part of parts) part.legendDrawn?.();
    },
    selected(code) {
      for (const part of parts) if (wanted[part.name]) part.selected?.(code);
    },
  };
}

// Organisations, gathered into one circle where they would cover each other. Those known by district only are one
// square in the middle of their district; the same organisations stand in the panel and the tables.
function points(state) {
  let spec = null;
  let index = null;
  let shown = null;
  let key = null;

  async function update(next) {
    spec = next;
    const wantedKey = next && `${next.url} ${Object.keys(next.kinds)}`;
    if (wantedKey === key) return;
    key = wantedKey;
    state.map.off("moveend", draw);
    if (!next) {
      index = null;
      draw();
      return legend({}, {});
    }
    const [{ default: Supercluster }, features] = await Promise.all([import(address(next.module)), file(next.url)]);
    if (key !== wantedKey) return;
    const mine = features.features.map((f) => ({ ...f, properties: only(f.properties, next.kinds) }));
    index = new Supercluster({
      radius: 46,
      maxZoom: 12,
      map: (p) => ({ counts: p.counts }),
      reduce: (sum, p) => {
        sum.counts = { ...sum.counts };
        for (const [kind, n] of Object.entries(p.counts)) sum.counts[kind] = (sum.counts[kind] ?? 0) + n;
      },
    });
    const kept = mine.filter((f) => total(f.properties.counts));
    index.load(kept);
    legend(next.kinds, kept.reduce((sum, f) => plus(sum, f.properties.counts), {}));
    state.map.on("moveend", draw);
    draw();
  }

  function draw() {
    shown?.remove();
    shown = null;
    if (!index) return;
    const zoom = Math.round(state.map.getZoom());
    const bounds = state.map.getBounds().pad(0.1);
    const found = index.getClusters([bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()], zoom);
    shown = state.L.layerGroup(found.map(marker)).addTo(state.map);
  }

  function marker(feature) {
    const { properties, geometry } = feature;
    const n = total(properties.counts);
    const gathered = Boolean(properties.cluster);
    const byDistrict = !gathered && properties.district;
    const size = gathered || byDistrict ? Math.min(40, 20 + 4 * Math.log10(n) ** 1.4) : 24;
    const [kind] = Object.keys(properties.counts);
    const face = gathered || byDistrict ? n.toLocaleString("en-GB") : spec.kinds[kind].letter;
    const shape = gathered ? "cluster" : byDistrict ? "by-district" : "one";
    const icon = state.L.divIcon({
      className: "", iconSize: [size, size],
      html: `<span class="s3point ${shape}" style="width:${size}px;height:${size}px"></span>`,
    });
    const [lng, lat] = geometry.coordinates;
    const result = state.L.marker([lat, lng], { icon, pane: "points", keyboard: false });
    result.on("add", () => (result.getElement().firstChild.textContent = face));
    const words = document.createElement("span");
    words.textContent = gathered || byDistrict
      ? `${byDistrict ? `${properties.district}, known by district only: ` : ""}${list(properties.counts)}`
      : `${properties.name}, ${spec.kinds[kind].one}`;
    result.bindTooltip(words, { className: "s3map-tip", direction: "top" });
    result.on("click", (event) => {
      event.originalEvent.s3geo = true;
      state.L.DomEvent.stopPropagation(event);
      if (!gathered) return;
      state.moved = true;
      state.map.setView([lat, lng], Math.min(12, index.getClusterExpansionZoom(properties.cluster_id)));
    });
    return result;
  }

  const list = (counts) =>
    Object.entries(counts)
      .filter(([, n]) => n)
      .map(([kind, n]) => `${n.toLocaleString("en-GB")} ${n === 1 ? spec.kinds[kind].one : spec.kinds[kind].many}`)
      .join(", ");

  function legend(kinds, counts) {
    state.pointsKey ??= state.legend.parentElement.insertBefore(node("ul", "s3map-points"), state.legend.nextSibling);
    state.pointsKey.replaceChildren(
      ...Object.entries(kinds).map(([kind, { letter, many }]) => {
        const line = node("li");
        line.append(node("b", "", letter), ` ${many}: ${(counts[kind] ?? 0).toLocaleString("en-GB")}`);
        return line;
      }),
    );
    state.pointsKey.hidden = !Object.keys(kinds).length;
  }

  return { name: "points", update };
}

const only = (properties, kinds) => ({
  ...properties,
  counts: Object.fromEntries(Object.entries(properties.counts).filter(([kind]) => kind in kinds)),
});
const total = (counts) => Object.values(counts).reduce((sum, n) => sum + n, 0);
const plus = (sum, counts) => {
  for (const [kind, n] of Object.entries(counts)) sum[kind] = (sum[kind] ?? 0) + n;
  return sum;
};

// A dot on each region that something is said of, with the words for it under the legend.
function marks(state) {
  let key = null;
  let shown = null;
  return {
    name: "marks",
    legendDrawn: () => (key = null), // the words under the legend went with it
    update(next) {
      const wanted = JSON.stringify(next);
      if (wanted === key) return;
      key = wanted;
      shown?.remove();
      state.marksKey?.remove();
      if (!next) return;
      shown = state.L.layerGroup(
        next.at.map(([lng, lat]) =>
          state.L.circleMarker([lat, lng], {
            pane: "arcs", interactive: false, radius: 5, color: "#ffffff", weight: 2, fillColor: "#16202a", fillOpacity: 1,
          }),
        ),
      ).addTo(state.map);
      state.marksKey = node("p", "s3map-marks", `● ${next.words}: ${next.at.length}`);
      state.legend.firstElementChild?.appendChild(state.marksKey);
    },
  };
}

// What is drawn for the chosen region, of a file or of what was sent; an answer that comes too late is dropped.
function following(name, draw) {
  let spec = null;
  let key = null;
  let code = null;
  let shown = null;

  async function redraw() {
    const [mine, chosen] = [spec, code];
    const content = mine && chosen && (mine.content ?? (await file(mine.url)));
    if (mine !== spec || chosen !== code) return;
    shown?.remove();
    shown = content ? draw(content, chosen) : null;
  }

  return {
    name,
    update(next) {
      const wanted = next && (next.url ?? JSON.stringify(next.content));
      if (wanted === key) return;
      [spec, key] = [next, wanted];
      redraw();
    },
    selected(next) {
      if (next === code) return;
      code = next;
      redraw();
    },
  };
}

// Borders of the districts of the chosen region.
const districts = (state) =>
  following("districts", (features, chosen) =>
    state.L.geoJSON(features, {
      pane: "districts", interactive: false, smoothFactor: 0.6,
      filter: (feature) => feature.properties.regions.includes(chosen),
      style: { fill: false, color: state.component.data.ink, weight: 1, dashArray: "2 3" },
    }).addTo(state.map),
  );

// An arc from the chosen region to each of its partners, the wider the more they share or the higher their score.
const arcs = (state) =>
  following("arcs", ({ centres, links }, chosen) => {
    const lines = links[chosen] ?? [];
    const most = Math.max(...lines.map(([, n]) => n));
    return state.L.layerGroup(
      lines.flatMap(([other, n]) => {
        const path = bow(centres[chosen], centres[other]);
        const weight = 1.5 + (5.5 * n) / most;
        const style = { pane: "arcs", interactive: false, className: "s3arc", lineCap: "round" };
        return [
          state.L.polyline(path, { ...style, color: "#ffffff", weight: weight + 2, opacity: 0.85 }),
          state.L.polyline(path, { ...style, color: "#a23b1d", weight }),
        ];
      }),
    ).addTo(state.map);
  });

function bow([x0, y0], [x1, y1]) {
  const [mx, my] = [(x0 + x1) / 2 - (y1 - y0) * 0.12, (y0 + y1) / 2 + (x1 - x0) * 0.12];
  return Array.from({ length: 25 }, (_, i) => {
    const t = i / 24;
    const [a, b, c] = [(1 - t) ** 2, 2 * t * (1 - t), t ** 2];
    return [a * y0 + b * my + c * y1, a * x0 + b * mx + c * x1];
  });
}

// Tiles under half-transparent regions. Without the internet the map stays as it is, and says so.
function base(state) {
  let layer = null;
  let url = null;
  return {
    name: "base",
    update(next) {
      if (next?.url === url) return;
      url = next?.url;
      layer?.remove();
      layer = null;
      state.canvas.classList.toggle("with-base", Boolean(next));
      state.credit.replaceChildren();
      state.credit.hidden = !next;
      if (!next) return;
      const link = node("a", "", next.credit);
      link.href = next.credit_url;
      state.credit.append("Base map ", link);
      layer = state.L.tileLayer(next.url, { maxZoom: 13 }).addTo(state.map);
      layer.once("tileerror", () => {
        state.canvas.classList.remove("with-base");
        state.credit.textContent = "The base map could not be reached; the map is complete without it.";
      });
    },
  };
}
