// Puts right what Streamlit's upload box tells a screen reader: it is named and can be focused, so it is no decoration.

const watchers = new WeakMap();

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
}
