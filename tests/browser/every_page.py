"""The pages that everybody sees, as the bar calls them, in its order; tests walk them."""

PAGES = (
    "Build",
    "Optimise",
    "Replay",
    "Compare",
    "Passes",
    "Runs",
    "Spectrum twin",
    "Dispatch",
    "Learn",
    "Calibration",
)
