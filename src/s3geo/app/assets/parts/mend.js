// Puts right what Streamlit leaves undone for those who use a keyboard or a screen reader, or print.
//
// An upload box is named and takes the focus, so it is no decoration. What a popover button opens stands at the end of
// the page: the focus goes into it, and comes back to the button behind its last control or when it closes.
// A section that the address asks for stays in view while what stands above it is still growing.
// On paper the last line says where the view is found; what is folded but belongs to a reference lies open.

import { onPaper } from "./page.js";

const watchers = new WeakMap();
let wanted = location.hash; // section the address asks for, until the visitor does anything
for (const doing of ["wheel", "pointerdown", "keydown", "touchstart"]) addEventListener(doing, () => (wanted = ""), { passive: true, capture: true });
const triggers = new WeakMap(); // popover to its button

export function render({ parentElement }) {
  if (watchers.has(parentElement)) return;
  const watcher = new MutationObserver(mend);
  watcher.observe(document.body, { childList: true, subtree: true });
  watchers.set(parentElement, { end: onPaper(paper), disconnect: () => watcher.disconnect() });
  mend();
}

export function destroy(parentElement) {
  watchers.get(parentElement)?.disconnect();
  watchers.get(parentElement)?.end();
  watchers.delete(parentElement);
}

function mend() {
  if (wanted) document.getElementById(decodeURIComponent(wanted.slice(1)))?.scrollIntoView();
  for (const box of document.querySelectorAll('[data-testid="stFileUploaderDropzone"][role="presentation"]')) {
    box.setAttribute("role", "group");
  }
  for (const popover of document.querySelectorAll('[data-testid="stPopoverBody"]')) {
    const [first] = stops(popover);
    if (triggers.has(popover) || !first) continue; // its controls come a moment later
    const trigger = document.activeElement;
    triggers.set(popover, trigger);
    popover.addEventListener("keydown", (event) => leave(event, popover, trigger));
    first.focus();
  }
}

const stops = (root) =>
  [...root.querySelectorAll("button, input, [tabindex='0']")].filter((e) => !e.disabled && e.tabIndex >= 0 && e.checkVisibility());

function leave(event, popover, trigger) {
  if (event.key === "Escape") return setTimeout(() => trigger.focus());
  if (event.key !== "Tab") return;
  const all = stops(popover);
  if (document.activeElement !== (event.shiftKey ? all[0] : all.at(-1))) return;
  event.preventDefault();
  trigger.focus();
}

function paper(on) {
  const day = new Date().toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" });
  for (const found of document.querySelectorAll(".s3.paper .found")) {
    found.textContent = on ? `Printed on ${day} from ${location.href.replaceAll("%2C", ",")}` : "";
  }
  for (const folded of document.querySelectorAll(".files details")) {
    if (on) folded.dataset.open = folded.open;
    folded.open = on || folded.dataset.open === "true";
  }
}
