"""Exports for pages: a process of its own writes the very same file, over London and over an imported city."""

import pytest

from itnt_core.apart import Limits
from itnt_core.exports import ExportError, ExportOptions, export, export_apart
from itnt_core.results import write_result


def test_a_process_of_its_own_writes_the_same_file(source, crs, tmp_path):
    write_result(tmp_path / "result", source.result)
    options = ExportOptions(crs=crs, layers=("links", "buildings"))
    content = export_apart(tmp_path / "result", "geojson", options, source.cache_dir)
    assert content == export(source, "geojson", options)


def test_what_is_refused_there_is_told_here(london):
    with pytest.raises(ExportError, match="The layer 'roofs' is not known: choose among"):
        export_apart(london.scenario, "gpkg", ExportOptions(layers=("roofs",)), london.cache_dir)


def test_an_export_that_takes_too_long_says_what_to_do(london):
    with pytest.raises(ExportError, match=r"not made \(.*longer than 0.01 s.*\): choose fewer layers or cells, or"):
        export_apart(london.scenario, "gpkg", ExportOptions(), london.cache_dir, Limits(seconds=0.01))
