"""Element files of the tests, written by sgp4's own exporters from shells; and where the real ones lie."""

from datetime import UTC, datetime
from xml.sax.saxutils import escape

from sgp4.exporter import export_omm, export_tle

from itnt_core.scenario import WalkerShell
from itnt_core.sky.elements import satrec_of, shell_elements

REAL = "data/tle/{}"  # of the shared folder
EPOCH = datetime(2026, 6, 21, 6, 0, tzinfo=UTC)
SHELL = WalkerShell(id="made", altitude_km=550.0, planes=3, satellites_per_plane=2, phasing=1)
FLEET = WalkerShell(id="fleet", altitude_km=550.0, planes=24, satellites_per_plane=20, phasing=1)  # some are always up


def made_records(shell=SHELL):
    """Return (name, SGP4 record) of a shell's satellites, six by default, with catalogue numbers from 70001."""
    records = []
    for number, one in enumerate(shell_elements(shell, EPOCH)):
        record = satrec_of(one.model_copy(update={"bstar": 1.2345e-4}))
        record.satnum_str = str(70001 + number)
        record.classification, record.intldesg = "U", "26001A"
        record.elnum = record.revnum = record.ephtype = 0
        records.append((f"MADE {number + 1}", record))
    return records


def tle_text(names=True, shell=SHELL):
    """Return a TLE file of a shell's satellites, with three or two lines each."""
    lines = []
    for name, record in made_records(shell):
        lines += [*([name] if names else []), *export_tle(record)]
    return "\n".join(lines) + "\n"


def omm_fields(**changes):
    """Return the OMM fields of the first made satellite."""
    name, record = made_records()[0]
    return {**export_omm(record, name), **changes}


def omm_xml(fields, head=""):
    """Return one OMM as the XML that CelesTrak serves: keywords in nested groups."""
    groups = {
        "metadata": ("OBJECT_NAME", "OBJECT_ID", "CENTER_NAME", "REF_FRAME", "TIME_SYSTEM", "MEAN_ELEMENT_THEORY"),
        "meanElements": (
            "EPOCH",
            "MEAN_MOTION",
            "ECCENTRICITY",
            "INCLINATION",
            "RA_OF_ASC_NODE",
            "ARG_OF_PERICENTER",
            "MEAN_ANOMALY",
        ),
        "tleParameters": ("EPHEMERIS_TYPE", "NORAD_CAT_ID", "BSTAR"),
    }
    inner = "".join(
        f"<{group}>"
        + "".join(f"<{key}>{escape(str(fields[key]))}</{key}>" for key in keys if key in fields)
        + f"</{group}>"
        for group, keys in groups.items()
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>{head}<ndm><omm id="CCSDS_OMM_VERS" version="3.0"><body><segment>{inner}</segment></body></omm></ndm>'  # noqa: E501
