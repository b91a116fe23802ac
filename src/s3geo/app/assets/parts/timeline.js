// Steps through the periods of an indicator; the server draws each, and the next is asked for when it is there.

import { ask, mounted, node, unmount } from "./page.js";

const PACE = 1100; // milliseconds between two periods

export async function render(component) {
  const state = await mounted(component, create);
  const { data } = state;
  const at = data.periods.indexOf(data.period);
  state.slider.max = String(data.periods.length - 1);
  if (!state.dragging) state.slider.value = String(at);
  say(state);
  if (state.playing) {
    if (at >= data.periods.length - 1) stop(state);
    else {
      clearTimeout(state.timer);
      state.timer = setTimeout(() => to(state, at + 1), PACE);
    }
  }
}

export { unmount as destroy };

function create(state, root) {
  state.end = () => stop(state);
  const frame = root.appendChild(node("div", "s3time"));
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  state.back = button("Previous period", "‹", () => to(state, Number(state.slider.value) - 1));
  state.play = button("Play the periods", "Play", () => (state.playing ? stop(state) : start(state)));
  state.play.hidden = still;
  state.next = button("Next period", "›", () => to(state, Number(state.slider.value) + 1));
  const words = node("label");
  words.append(node("span", "", "Period"));
  state.slider = words.appendChild(node("input"));
  Object.assign(state.slider, { type: "range", min: "0", step: "1" });
  state.slider.oninput = () => {
    state.dragging = true;
    say(state);
  };
  state.slider.onchange = () => {
    state.dragging = false;
    stop(state);
    to(state, Number(state.slider.value));
  };
  state.out = node("output");
  frame.append(state.back, state.play, state.next, words, state.out);
}

function button(name, face, action) {
  const made = node("button", "", face);
  made.type = "button";
  made.setAttribute("aria-label", name);
  made.onclick = action;
  return made;
}

function say(state) {
  const period = state.data.periods[Number(state.slider.value)];
  state.out.textContent = period;
  state.slider.setAttribute("aria-valuetext", period);
  state.back.disabled = Number(state.slider.value) <= 0;
  state.next.disabled = Number(state.slider.value) >= state.data.periods.length - 1;
}

function to(state, at) {
  const { periods } = state.data;
  if (at < 0 || at >= periods.length || !state.slider.isConnected) return;
  state.slider.value = String(at);
  say(state);
  ask({ period: periods[at] });
}

function start(state) {
  state.playing = true;
  state.play.textContent = "Pause";
  state.play.setAttribute("aria-label", "Pause");
  const at = Number(state.slider.value);
  to(state, at >= state.data.periods.length - 1 ? 0 : at + 1);
}

function stop(state) {
  state.playing = false;
  clearTimeout(state.timer);
  state.play.textContent = "Play";
  state.play.setAttribute("aria-label", "Play the periods");
}
