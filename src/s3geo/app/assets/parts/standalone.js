// What makes a saved map answer, with no server: the regions of areas.js on the layers that folium drew, one selection,
// and a line that says what is chosen. `s3geo` names folium's objects; areas.js stands above this in the same script.

let chosen = null;
let regionAreas;

function choose(code, overlap) {
  const said = document.querySelector(".s3geo-said");
  if (overlap) {
    said.replaceChildren(`${overlap.district} lies in ${overlap.codes.length} areas. Which one? `);
    for (const each of overlap.codes) {
      const button = document.createElement("button");
      button.textContent = s3geo.words.get(each).split(":")[0];
      button.onclick = () => choose(each);
      said.append(button);
    }
    return;
  }
  chosen = code;
  said.textContent = s3geo.words.get(code) ?? s3geo.hint;
  regionAreas.selected(chosen, []);
}

function hover(code) {
  regionAreas.hovered(code);
}

document.addEventListener("DOMContentLoaded", () => {
  const { map, regions, overlaps } = s3geo.objects();
  const paths = regions.getLayers();
  const word = (path) => path.getElement().getAttribute("aria-label");
  s3geo.words = new Map(paths.map((path) => [path.feature.id, word(path)]));
  const names = new Map(paths.map((path) => [path.feature.id, path.feature.properties.name]));
  const held = {
    group: regions,
    features: new Map(paths.map((path) => [path.feature.id, path.feature])),
    spec: { order: [...names.keys()].sort((a, b) => names.get(a).localeCompare(names.get(b), "en")) },
  };
  const shared = overlaps?.getLayers().map((path) => [path.feature.id, path.feature]) ?? [];
  const layers = new Map([["regions", held], ["overlaps", { features: new Map(shared) }]]);
  const pane = map.createPane("selection");
  pane.style.zIndex = 440;
  pane.style.pointerEvents = "none";
  regionAreas = areas({ L, map, layers, component: { data: { ink: s3geo.ink } } });
  regions.remove(); // what is wired takes hold when a path is added
  for (const path of paths) {
    regionAreas.wire(path.feature, path);
    if (path.feature.id === s3geo.selected) path.setStyle({ color: "#ffffff", weight: 1 }); // the selection is drawn over it
  }
  regions.addTo(map);
  overlaps?.bringToFront();
  for (const path of paths) regionAreas.name(path, s3geo.words.get(path.feature.id));
  map.getContainer().addEventListener("keydown", (event) => regionAreas.keys(event));
  map.on("click", (event) => {
    if (!event.originalEvent.s3geo) choose(null);
  });
  choose(s3geo.selected);
});
