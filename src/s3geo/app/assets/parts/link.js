// Copies the address of the page, which holds the whole view, or the code of a frame that shows it on another page.

import { mounted, node, unmount } from "./page.js";

export const render = (component) => mounted(component, create);

export { unmount as destroy };

function create(state, root) {
  const frame = root.appendChild(node("div", "s3link"));
  const said = node("span", "s3away");
  said.setAttribute("role", "status");
  const offer = (words, name, text, done, shown) => {
    const button = frame.appendChild(node("button", name, words));
    button.type = "button";
    button.onclick = async () => {
      try {
        await navigator.clipboard.writeText(text());
        said.textContent = done;
        button.textContent = "Copied";
        setTimeout(() => (button.textContent = words), 2000);
      } catch {
        // no clipboard without https: show the text instead, ready to be copied
        const field = frame.querySelector("input") ?? frame.appendChild(node("input"));
        field.readOnly = true;
        field.setAttribute("aria-label", shown);
        field.value = text();
        field.select();
        said.textContent = `The browser does not let this page copy; it stands selected in the field: ${shown}.`;
      }
    };
  };
  offer("Copy link", "", () => location.href, "The link to this view is copied.", "Link to this view");
  if (state.data.embed) offer("Embed code", "lesser", () => code(state.data), "The code of a frame with this view is copied.", "Code of a frame with this view");
  frame.append(said);
}

const quoted = (text) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");

// The public address where one is set, else as this browser sees it.
function code({ address, path, title }) {
  const view = new URL(address ? `${address.replace(/\/+$/, "")}/${path}` : location.origin + location.pathname);
  view.search = location.search;
  view.searchParams.set("embed", "true");
  return `<iframe src="${quoted(view.href)}" title="${quoted(title)}" width="100%" height="640" loading="lazy" style="border:0"></iframe>`;
}
