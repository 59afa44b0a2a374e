import assert from "node:assert/strict";
import test from "node:test";

import { queueWords } from "../src/editor_live.js";

test("who waits for a live optimum is told how many come before", () => {
  assert.equal(queueWords(1), "Yours is the next optimum");
  assert.equal(queueWords(2), "1 optimum of somebody else comes before yours");
  assert.equal(queueWords(4), "3 optima of others come before yours");
});
