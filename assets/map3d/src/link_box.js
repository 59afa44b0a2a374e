// The line under the player that tells what was saved, or gives the address of what is on the screen.
import { element } from "./dom.js";

export class LinkBox {
  /** @param {string} label */
  constructor(label) {
    /** @type {HTMLInputElement} */
    this.address = element("input", {
      type: "text",
      readonly: true,
      "aria-label": label,
      "data-role": "address",
      onfocus: () => this.address.select(),
    });
    this.said = element("span", { role: "status" });
    this.node = element("div", { class: "told", hidden: true }, this.address, this.said);
  }

  /** @type {(text: string, withAddress?: boolean) => void} */
  say(text, withAddress = false) {
    this.node.hidden = false;
    this.address.hidden = !withAddress;
    this.said.textContent = text;
  }

  /** @type {(address: string) => Promise<void>} */
  async show(address) {
    this.address.value = address;
    this.say("", true);
    this.address.focus();
    try {
      await navigator.clipboard.writeText(address);
      this.say("Copied.", true);
    } catch {
      this.say("Copy it from here.", true); // the browser does not let pages write to the clipboard
    }
  }
}
