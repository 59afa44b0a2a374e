// What a playing story shows: the map over the whole screen, the caption below, a dot per view, four buttons.
import { element, iconButton, setIcon } from "./dom.js";
import { KeyMap } from "./keymap.js";
import { later } from "./later.js";

/** @import { Story } from "./story.js" */

export class StoryScreen {
  /** @type {AbortController} */
  listeners = later();
  /** @type {boolean} */
  isFull = false;
  /** @type {HTMLElement[]} */
  fills = []; // a dot each, filled as its view goes on

  /** @param {Story} story */
  constructor(story) {
    this.story = story;
    this.caption = element("p", { class: "story-caption", role: "status", "aria-live": "polite" });
    this.dots = element("div", { class: "story-dots", role: "group", "aria-label": "Views of the story" });
    this.pause = iconButton("pause", "Pause the story (space)", () => story.toggle(), { "data-action": "story-pause" });
    this.tools = element(
      "div",
      { class: "story-tools", role: "group", "aria-label": "Story" },
      iconButton("back", "Previous view (←)", () => story.step(-1)),
      this.pause,
      iconButton("forward", "Next view (→)", () => story.step(1)),
      iconButton("leave", "Leave the story (Esc)", () => story.stop(), { "data-action": "story-leave" }),
    );
    this.node = element("div", { class: "story" }, this.caption, this.dots, this.tools);
    this.keys = new KeyMap([
      {
        keys: {
          " ": () => story.toggle(),
          ArrowRight: () => story.step(1),
          ArrowLeft: () => story.step(-1),
          PageDown: () => story.step(1),
          PageUp: () => story.step(-1),
          Escape: () => story.stop(),
        },
      },
    ]);
    this.shown = false;
  }

  // -> once the screen is filled, or the browser has refused to fill it: then the page is filled
  async open() {
    const { box } = this.story.replay.session;
    this.shown = true;
    box.append(this.node);
    box.classList.add("presenting");
    document.documentElement.dataset.presenting = "1"; // what the page has put on the map makes way
    this.listeners = new AbortController();
    const { signal } = this.listeners;
    this.keys.listen(globalThis, { capture: true, signal });
    document.addEventListener("fullscreenchange", () => this.#fullScreenChanged(), { signal });
    try {
      await box.requestFullscreen();
      await new Promise((resolve) => setTimeout(resolve, 120)); // the new size is there a frame or two later
    } catch {
      // no full screen here (a story that begins by itself, a telephone): the page's whole window it is
    }
    box.focus({ preventScroll: true });
  }

  close() {
    const { box } = this.story.replay.session;
    this.shown = false;
    this.listeners.abort();
    if (this.isFull) document.exitFullscreen().catch(() => {});
    this.isFull = false;
    box.classList.remove("presenting");
    delete document.documentElement.dataset.presenting;
    this.node.remove();
  }

  /** @type {(view: StoryView, index: number, count: number) => void} */
  tell(view, index, count) {
    this.caption.textContent = unbroken(view.caption);
    this.caption.hidden = !view.caption;
    if (this.fills.length !== count) {
      this.fills = Array.from({ length: count }, () => element("i", {}));
      this.dots.replaceChildren(
        ...this.fills.map((fill, number) =>
          element(
            "button",
            {
              type: "button",
              "aria-label": `View ${number + 1}`,
              onclick: () => this.story.step(number - this.story.index),
            },
            fill,
          ),
        ),
      );
    }
    this.fills.forEach((fill, number) => {
      const dot = /** @type {HTMLElement} */ (fill.parentElement);
      dot.dataset.state = number < index ? "past" : number === index ? "now" : "ahead";
      dot.toggleAttribute("aria-current", number === index);
      fill.style.width = number < index ? "100%" : "0";
    });
  }

  // of the view that is on the screen, 0 .. 1
  /** @type {(share: number) => void} */
  progress(share) {
    const fill = this.fills[this.story.index];
    if (fill) fill.style.width = `${(100 * share).toFixed(1)}%`;
  }

  /** @type {(playing: boolean) => void} */
  showPlaying(playing) {
    setIcon(this.pause, playing ? "pause" : "play", playing ? "Pause the story (space)" : "Go on (space)");
    this.node.dataset.playing = playing ? "1" : "0";
  }

  // Escape is the browser's own key for leaving full screen; the story ends with it.
  #fullScreenChanged() {
    const { box } = this.story.replay.session;
    const full = /** @type {Document | ShadowRoot} */ (box.getRootNode()).fullscreenElement === box;
    if (this.isFull && !full) {
      this.isFull = false;
      this.story.stop();
    } else this.isFull = full;
  }
}

// Neither a number and its unit nor a name with a hyphen falls apart at the end of a line.
/** @type {(text: string) => string} */
export function unbroken(text) {
  return text.replace(/(\d) (%|s|dB|Mbit|km|m)(?=\W|$)/g, "$1\u00a0$2").replace(/-(?=\S)/g, "-\u2060");
}
