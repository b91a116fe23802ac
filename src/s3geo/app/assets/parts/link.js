// Copies the address of the page, which holds the whole view.

import { mounted, node, unmount } from "./page.js";

export const render = (component) => mounted(component, create);

export { unmount as destroy };

function create(_state, root) {
  const frame = root.appendChild(node("div", "s3link"));
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
