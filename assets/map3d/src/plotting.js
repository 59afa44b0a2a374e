// plotly.js, which draws the curves: loaded once per browser tab, and never before the map.
import { loadScript } from "./loading.js";

const STYLE = "plotly.js-style-global"; // the id of the style element that plotly puts into the page's head

/** @type {(url: string) => Promise<PlotlyLibrary>} */
export async function loadPlotly(url) {
  await loadScript(url);
  return globalThis.Plotly;
}

// The page's styles end at a shadow root, in which Streamlit mounts components: plotly's rules are repeated there.
/** @type {(root: Node) => void} */
export function styleWithin(root) {
  const style = document.getElementById(STYLE);
  if (!(root instanceof ShadowRoot) || !(style instanceof HTMLStyleElement) || styled.has(root)) return;
  styled.add(root);
  const sheet = new CSSStyleSheet();
  for (const rule of style.sheet?.cssRules ?? []) sheet.insertRule(rule.cssText);
  root.adoptedStyleSheets.push(sheet);
}

/** @type {WeakSet<ShadowRoot>} */
const styled = new WeakSet();
