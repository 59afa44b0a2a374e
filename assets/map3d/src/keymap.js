// One way to bind keys. A table says for each row what the help tells and what its keys do; keys are named as the browser
// names them, letters in lower case, with "ctrl+" (or the Mac's command) and "ctrl+shift+" before them.

/** @typedef {{ localName: string, type?: string }} KeyTarget */
/**
 * @typedef {Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey" | "composedPath" | "preventDefault" | "stopPropagation">} KeyPress
 */

export class KeyMap {
  // rows: [{label, what, keys: {name: what it does}}]; a row without a label is not in the help, one without keys only there
  /** @param {KeyRow[]} rows */
  constructor(rows) {
    /** @type {HelpRow[]} */
    this.help = rows.flatMap(({ label, what }) => (label && what ? [[label, what]] : []));
    this.actions = new Map(rows.flatMap(({ keys = {} }) => Object.entries(keys)));
  }

  /** @type {(node: EventTarget, options: AddEventListenerOptions) => void} */
  listen(node, options) {
    node.addEventListener("keydown", (event) => this.handle(/** @type {KeyboardEvent} */ (event)), options);
  }

  // An action that says false leaves the key to others.
  /** @type {(event: KeyPress) => void} */
  handle(event) {
    const target = /** @type {KeyTarget} */ (/** @type {unknown} */ (event.composedPath()[0]));
    if (isTyping(target) || (event.key === " " && target.localName === "button")) return;
    const action = this.actions.get(nameOf(event));
    if (!action || action() === false) return;
    event.preventDefault();
    event.stopPropagation();
  }
}

/** @type {(event: KeyPress) => string} */
function nameOf({ key, ctrlKey, metaKey, altKey, shiftKey }) {
  const name = key.length === 1 ? key.toLowerCase() : key;
  const command = ctrlKey || metaKey;
  return `${altKey ? "alt+" : ""}${command ? "ctrl+" : ""}${command && shiftKey ? "shift+" : ""}${name}`;
}

// A slider's own keys move it by fractions, so it does not count.
/** @type {(target: KeyTarget) => boolean} */
function isTyping({ localName, type }) {
  return localName === "select" || localName === "textarea" || (localName === "input" && type !== "range");
}
