// Puts right what Streamlit leaves undone for those who use a keyboard or a screen reader.
//
// An upload box is named and takes the focus, so it is no decoration. What a popover button opens stands at the end of
// the page: the focus goes into it, and comes back to the button behind its last control or when it closes.

const watchers = new WeakMap();
const triggers = new WeakMap(); // popover to its button

export function render({ parentElement }) {
  if (watchers.has(parentElement)) return;
  const watcher = new MutationObserver(mend);
  watcher.observe(document.body, { childList: true, subtree: true });
  watchers.set(parentElement, watcher);
  mend();
}

export function destroy(parentElement) {
  watchers.get(parentElement)?.disconnect();
  watchers.delete(parentElement);
}

function mend() {
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
