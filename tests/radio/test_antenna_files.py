"""MSI Planet files: cuts are read back equal to what was written, bad files get one sentence."""

import numpy as np
import pytest

from itnt_core.presets import preset
from itnt_core.radio import AntennaFileError, parse_antenna
from itnt_core.scenario import EditError, check_scenario, format_scenario, parse_scenario, with_pattern

RNG = np.random.default_rng(7)
HORIZONTAL, VERTICAL = (RNG.uniform(0.0, 40.0, 360).round(2).tolist() for _ in range(2))


def msi_text(
    horizontal=HORIZONTAL,
    vertical=VERTICAL,
    head="NAME Kathrein 742 215\nFREQUENCY 2140\nGAIN 15.85 dBd\nTILT ELECTRICAL\n",
):
    cuts = (("HORIZONTAL", horizontal), ("VERTICAL", vertical))
    lines = [
        f"{name} {len(cut)}\n" + "".join(f"{angle}\t{loss}\n" for angle, loss in enumerate(cut)) for name, cut in cuts
    ]
    return (head + "".join(lines)).encode()


def test_cuts_are_read_back_equal_and_gain_is_over_isotropic():
    read = parse_antenna(msi_text(), "file.msi")
    assert read.horizontal_db == tuple(HORIZONTAL) and read.vertical_db == tuple(VERTICAL)
    assert (read.name, read.frequency_mhz, read.gain_dbi) == ("Kathrein 742 215", 2140.0, 18.0)


@pytest.mark.parametrize(
    ("head", "gain_dbi"), [("GAIN 17.5 dBi\n", 17.5), ("GAIN 10\n", 12.15), ("gain 12,0 dBd\n", 14.15)]
)
def test_gain_is_dbd_unless_it_says_dbi(head, gain_dbi):
    assert parse_antenna(msi_text(head=head), "x.msi").gain_dbi == pytest.approx(gain_dbi)


def test_a_name_without_its_keyword_and_windows_lines_are_read():
    read = parse_antenna(msi_text(head="Panel 65\nGAIN 15\n").replace(b"\n", b"\r\n"), "x.pln")
    assert read.name == "Panel 65" and read.horizontal_db == tuple(HORIZONTAL)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The HORIZONTAL cut of the file is missing"),
        (b"\x00\x01", "not text"),
        (b"x" * 300_000, "at most 200 kB"),
        (msi_text(head="NAME a\n"), "The GAIN of the file is missing"),
        (msi_text(head="GAIN loud\n"), "'loud'"),
        (msi_text(head="GAIN 99 dBi\n"), "gain_dbi"),
        (msi_text(HORIZONTAL[:180]), "The number of HORIZONTAL points"),
        (msi_text().replace(b"HORIZONTAL 360", b"HORIZONTAL"), None),
        (msi_text()[:-200], "VERTICAL cut"),
        (msi_text().replace(b"\n7\t", b"\n6\t", 1), "the angle 6"),
        (msi_text().replace(b"\n7\t", b"\n7.5\t", 1), "the angle 7.5"),
        (msi_text([-30.0, *HORIZONTAL[1:]]), "-30 dB"),
        (msi_text(["nan", *HORIZONTAL[1:]]), "an angle and an attenuation"),
        (b"<xml>" + msi_text(), None),
    ],
)
def test_a_bad_file_gets_one_sentence(content, words):
    if words is None:
        parse_antenna(content + b"", "x.msi")  # read with mercy: keyword without its count, first line of any text
        return
    with pytest.raises(AntennaFileError) as told:
        parse_antenna(content, "x.msi")
    assert words in str(told.value) and str(told.value).endswith(".") and "\n" not in str(told.value)


def test_a_pattern_is_embedded_once_and_travels_with_the_scenario():
    pattern = parse_antenna(msi_text(), "x.msi")
    scenario = with_pattern(with_pattern(preset("tiny"), pattern, ["gbs-1"]), pattern, ["gbs-2"])
    assert [one.id for one in scenario.antenna_patterns] == ["pattern-1"]
    assert {one.antenna.gain_dbi for one in scenario.ground_stations} == {18.0}
    assert check_scenario(scenario) == [] and parse_scenario(format_scenario(scenario)) == scenario
    with pytest.raises(EditError, match="'mast'"):
        with_pattern(scenario, pattern, ["mast"])


def test_a_pattern_that_is_not_there_is_told():
    scenario = with_pattern(preset("tiny"), parse_antenna(msi_text(), "x.msi"), ["gbs-1"])
    (problem,) = check_scenario(scenario.model_copy(update={"antenna_patterns": ()}))
    assert "gbs-1" in problem.sentence and "it holds none" in problem.sentence
