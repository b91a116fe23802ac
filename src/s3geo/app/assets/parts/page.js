// The one selection of a page: map, table, charts and time line all read it here and change it here.
//
// A change is sent first, so that the server works while the browser draws, and is shown everywhere before the server
// answers; the server's answer, drawn by a component without a face (`render` below), has the last word. `page` is
// shared because a browser loads a module once.

export const page = { selected: null, compared: [], hovered: null };

const followers = new Set();
let host; // the mounted component that talks to the server
let asked = 0;
let unanswered = {};
let askedAt = -Infinity;

// Call `follower` now and at every change; the returned function ends it.
export function follow(follower) {
  followers.add(follower);
  follower("selected");
  return () => followers.delete(follower);
}

const tell = (what) => followers.forEach((follower) => follower(what));

export function choose(code, overlap) {
  if (!overlap) page.selected = code;
  ask({ region: code, overlap: overlap ?? null });
  if (!overlap) tell("selected");
}

export function compare(code, on) {
  page.compared = on ? [...page.compared, code] : page.compared.filter((other) => other !== code);
  ask({ compared: page.compared });
  tell("selected");
}

export function hover(code) {
  if (page.hovered === code) return;
  page.hovered = code;
  tell("hovered");
}

// The server may see only the last of several quick events, so each carries all that is not answered yet.
export function ask(event) {
  asked += 1;
  askedAt = performance.now();
  unanswered = { ...unanswered, ...event };
  host?.setTriggerValue("asked", { ...unanswered, n: asked });
}

export function render(component) {
  const early = !host && asked; // something was chosen before there was anybody to tell
  host = component;
  if (early) return ask({});
  const { data, parentElement } = component;
  const words = (parentElement.s3words ??= parentElement.appendChild(announcer()));
  // an answer to an earlier click must not undo a later one that is on its way
  if (data.answered < asked && performance.now() - askedAt < 2000) return;
  unanswered = {};
  if (words.textContent !== data.said) words.textContent = data.said;
  const compared = data.compared.join();
  if (page.selected === data.selected && page.compared.join() === compared) return;
  page.selected = data.selected;
  page.compared = data.compared;
  tell("selected");
}

export function destroy() {}

function announcer() {
  const words = document.createElement("p");
  words.setAttribute("role", "status");
  words.style.cssText = "position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden;margin:0";
  return words;
}

// ---- small things every part needs

export const address = (path) => new URL(path, location.origin).href;

export function node(tag, name, text) {
  const element = document.createElement(tag);
  if (name) element.className = name;
  if (text !== undefined) element.textContent = text;
  return element;
}

export function svg(tag, attributes) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

export function stylesheet(root, url) {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = address(url);
  const loaded = new Promise((resolve) => {
    link.onload = link.onerror = resolve;
  });
  root.appendChild(link);
  return loaded;
}

// Draw anew what stands below the map, once the map is drawn; only when its content has changed.
export function redraw(state, id, draw) {
  if (state.drawn === id) return;
  const first = state.drawn === undefined;
  state.drawn = id;
  if (first || !window.requestIdleCallback) return draw();
  cancelIdleCallback(state.waiting);
  state.waiting = requestIdleCallback(() => draw(), { timeout: 250 });
}

// Calls `change` with true before the page is printed and with false afterwards; the returned function ends it.
export function onPaper(change) {
  const [before, after] = [() => change(true), () => change(false)];
  addEventListener("beforeprint", before);
  addEventListener("afterprint", after);
  return () => {
    removeEventListener("beforeprint", before);
    removeEventListener("afterprint", after);
  };
}

const mounts = new WeakMap();

// The state of a part that is mounted once: `create(state, root)` runs when its style is there, and what is drawn
// afterwards is `state.data`, the last that came.
export async function mounted({ parentElement, data }, create) {
  let state = mounts.get(parentElement);
  if (!state) {
    state = {};
    mounts.set(parentElement, state);
    state.ready = stylesheet(parentElement, data.css).then(() => create(state, parentElement));
  }
  state.data = data;
  await state.ready;
  return state;
}

export function unmount(parentElement) {
  mounts.get(parentElement)?.end?.();
  mounts.delete(parentElement);
}

const files = new Map();

// Files are named by their content: one is fetched once for a whole visit.
export function file(path) {
  const url = address(path);
  if (!files.has(url)) {
    const got = fetch(url).then((response) => (response.ok ? response.json() : Promise.reject(response.status)));
    got.catch(() => files.delete(url));
    files.set(url, got);
  }
  return files.get(url);
}
