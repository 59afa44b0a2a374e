// The map component's door: finds or makes the session that belongs to one place on the page and hands it new data.
// Streamlit calls `mount` again, without unmounting, whenever the data or the theme changes.
import { MapSession } from "./session.js";
import { CompareSession } from "./compare.js";

const sessions = new WeakMap();

/** @type {(component: StreamlitComponent<any>) => () => void} */
export function mount(component) {
  const root = component.parentElement;
  const Kind = component.data.mode === "compare" ? CompareSession : MapSession;
  let session = sessions.get(root);
  if (!(session instanceof Kind)) {
    session?.remove(); // the workspace goes from one map to several, or back, in the same place
    session = new Kind(root);
    sessions.set(root, session);
  }
  session.update(component);
  return () => leaveIfGone(root);
}

// The clean-up function also runs when a call was merely overtaken by a newer one, so what counts is whether the
// place on the page still exists a moment later.
/** @type {(root: HTMLElement | ShadowRoot) => void} */
function leaveIfGone(root) {
  setTimeout(() => {
    const host = root instanceof ShadowRoot ? root.host : root;
    if (host.isConnected) return;
    sessions.get(root)?.leave();
    sessions.delete(root);
  }, 60);
}
