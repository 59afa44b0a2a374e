"""Browsers that cannot draw in 3D, and graphics that are lost: a sentence at once, and all else works."""

import pytest
from playwright.sync_api import sync_playwright
from test_compare import two_runs  # noqa: F401 - a fixture
from visitor import BROWSER_FLAGS, PATIENCE_S, Visitor, chromium

from itnt_core.city import load_city
from itnt_core.runs import cache_folder
from itnt_core.scenario.link import link_token
from itnt_core.presets import preset
from itnt_core.views.export import replay_html

NO_GRAPHICS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-3d-apis", "--disable-software-rasterizer"]
SENTENCE = "This browser cannot draw the 3D map"
LOSE = """() => {
  const roots = [document, ...[...document.querySelectorAll("*")].map(node => node.shadowRoot).filter(Boolean)];
  const canvases = roots.flatMap(root => [...root.querySelectorAll(".stage canvas:not(.overlay)")]);
  for (const canvas of canvases) canvas.getContext("webgl2").getExtension("WEBGL_lose_context").loseContext();
  return canvases.length;
}"""
