// Copies the address of the page, which holds the whole view.

import { node, stylesheet } from "./page.js";

const states = new WeakMap();

export async function render(component) {
  const { parentElement, data } = component;
  if (states.has(parentElement)) return;
  states.set(parentElement, {});
  await stylesheet(parentElement, data.css);
  const frame = parentElement.appendChild(node("div", "s3link"));
  const button = frame.appendChild(node("button", "", "Copy link"));
  button.type = "button";
  const said = frame.appendChild(node("span", "s3away"));
  said.setAttribute("role", "status");
  button.onclick = async () => {
    const address = location.href;
    try {
      await navigator.clipboard.writeText(address);
      said.textContent = "The link to this view is copied.";
      button.textContent = "Copied";
      setTimeout(() => (button.textContent = "Copy link"), 2000);
    } catch {
      // no clipboard without https: show the address instead, ready to be copied
      const field = frame.querySelector("input") ?? frame.appendChild(node("input"));
      field.readOnly = true;
      field.setAttribute("aria-label", "Link to this view");
      field.value = address;
      field.select();
      said.textContent = "The browser does not let this page copy; the link stands selected in the field.";
    }
  };
}

export function destroy(parentElement) {
  states.delete(parentElement);
}
