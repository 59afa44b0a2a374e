"""What became of a file of buildings, as a line and as a table."""

from __future__ import annotations

from itnt_core.city import CityCard, ImportReport


def city_line(card: CityCard) -> str:
    """Return a stored city in one line for a list."""
    if card.report is None:
        return f"{card.name} ({card.size_m:g} m)"
    return f"{card.name}: {card.report.buildings:,} buildings, {card.size_m:g} m, from {card.report.source}"


def counts_sentence(report: ImportReport) -> str:
    """Say in one sentence what an import found and what became of the rest."""
    doubts = f" Look at {len(report.warnings):,} warning{'s' * (len(report.warnings) > 1)}." if report.warnings else ""
    return (
        f"{report.buildings:,} buildings of {report.features:,} shapes; {report.repaired:,} repaired, "
        f"{report.height_estimated:,} heights estimated, {report.left_out:,} left out.{doubts} Details below, on the "
        "tab City."
    )


def report_rows(report: ImportReport) -> list[dict[str, str]]:
    """Return everything that the import of a city counted and where the city comes from, as rows of a table."""
    rows = [
        ("File", f"{report.source} ({report.form}{f', layer {report.layer}' if report.layer else ''})"),
        ("Coordinate system", report.crs),
        ("Heights from", report.height_source),
        ("Shapes in the file", f"{report.features:,}"),
        ("Buildings", f"{report.buildings:,}"),
        ("Prisms (courtyards and parts cut)", f"{report.prisms:,}"),
        *((what, count) for what, count in glance_figures(report).items() if what != "Buildings"),
        *((row["What happened"], row["How many"]) for row in reason_rows(report)),
        ("Water, parks, roads", f"{report.water:,}, {report.parks:,}, {report.roads:,}"),
        ("Attribution", report.attribution or "none given in the file"),
        ("Imported (UTC)", report.imported),
    ]
    return [{"What": what, "Value": value} for what, value in rows]


def glance_figures(report: ImportReport) -> dict[str, str]:
    """Return the counts of an import that are looked at first, by what they count."""
    return {
        "Buildings": f"{report.buildings:,}",
        "Heights estimated": f"{report.height_estimated:,}",
        "Repaired": f"{report.repaired:,}",
        "Left out": f"{report.left_out:,}",
    }


def reason_rows(report: ImportReport) -> list[dict[str, str]]:
    """Return what was repaired, estimated, changed and left out, as rows of what and how many."""
    return [
        {"What happened": words[0].upper() + words[1:], "How many": f"{number:,}"}
        for words, number in report.reasons.items()
    ]


def reading_rows(report: ImportReport) -> list[dict[str, str]]:
    """Return how the file was taken where it leaves a choice: rows of what, which value and why."""
    return [{"What": one.what, "Taken": one.value, "Why": one.why} for one in report.readings]


def report_lines(report: ImportReport) -> list[str]:
    """Return the report of an import as lines of text: how the file was taken, counts, notes, and warnings last."""
    return [
        *(f"{one.what}: {one.value} ({one.why})" for one in report.readings),
        *(f"{number:,} {words}" for words, number in report.reasons.items()),
        *report.notes,
        *(f"Warning: {line}" for line in report.warnings),
    ]
