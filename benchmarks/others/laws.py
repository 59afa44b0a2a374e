"""Answer for other libraries what their channel laws say: questions as JSON on stdin, answers as JSON on stdout.

Run by :mod:`benchmarks.other_laws` under the python of another environment, so it imports nothing of this program.
Known are Sionna (TR 38.901), OpenNTN (TR 38.811) and tr3gpp (the formulas of TR 36.777 as they are printed). Each
answer is a list of numbers, or a word for what is missing.
"""

from __future__ import annotations

import ast
import json
import math
import operator
import re
import sys
from importlib.metadata import PackageNotFoundError, version

PACKAGES = {"sionna": ("sionna", "sionna-no-rt"), "openntn": ("openntn",), "tr3gpp": ("tr3gpp",)}


def main() -> None:
    """Answer every question that came in; a library that is not here leaves its questions without an answer."""
    answers = []
    for question in json.load(sys.stdin):
        try:
            values = ANSWERS[question.pop("law")](**question)
            answers.append({"values": [float(value) for value in values]})
        except ImportError as error:
            answers.append({"missing": str(error)})
    versions = {name: _version(packages) for name, packages in PACKAGES.items()}
    json.dump({"answers": answers, "versions": versions}, sys.stdout)


def _version(packages: tuple[str, ...]) -> str:
    for package in packages:
        try:
            return version(package)
        except PackageNotFoundError:
            continue
    return ""


# Sionna: TR 38.901


def _sionna_scenario(deployment: str, carrier_ghz: float, spec: str, o2i: str = "low"):
    from sionna.phy.channel.tr38901 import PanelArray
    from sionna.phy.channel.tr38901.uma_scenario import UMaScenario
    from sionna.phy.channel.tr38901.umi_scenario import UMiScenario

    array = _one_element(PanelArray, carrier_ghz)
    kind = UMaScenario if deployment == "uma" else UMiScenario
    return kind(carrier_ghz * 1e9, o2i, array, array, "downlink", precision="double", spec_version=spec)


def _one_element(kind, carrier_ghz: float):
    return kind(
        num_rows_per_panel=1,
        num_cols_per_panel=1,
        polarization="single",
        polarization_type="V",
        antenna_pattern="omni",
        carrier_frequency=carrier_ghz * 1e9,
        precision="double",
    )


def _placed(scenario, users_m, station_m, indoors=False, los=None, **more):
    import torch

    users = torch.tensor([users_m], dtype=torch.float64)
    station = torch.tensor([[station_m]], dtype=torch.float64)
    inside = torch.full(users.shape[:2], indoors, dtype=torch.bool)
    still = torch.zeros_like(users)
    scenario.set_topology(users, station, still, torch.zeros_like(station), still, inside, los, **more)
    return scenario


def _around(d2d_m, height_m):
    return [[distance, 0.0, height] for distance, height in zip(d2d_m, height_m, strict=True)]


def path_loss_38901(deployment, station_m, carrier_ghz, los, d2d_m, height_m):
    """Return path losses in dB."""
    scenario = _sionna_scenario(deployment, carrier_ghz, "16.1")
    placed = _placed(scenario, _around(d2d_m, height_m), [0.0, 0.0, station_m], los=los)
    return placed.basic_pathloss.flatten().tolist()


def los_probability_38901(deployment, d2d_m, height_m):
    """Return probabilities of a line of sight."""
    scenario = _sionna_scenario(deployment, 6.0, "16.1")
    placed = _placed(scenario, _around(d2d_m, height_m), [0.0, 0.0, 25.0], los=True)
    return placed.los_probability.flatten().tolist()


def shadow_sigma_38901(deployment):
    """Return standard deviations in dB: in sight, blocked, indoors."""
    scenario, found = _sionna_scenario(deployment, 6.0, "16.1"), []
    for indoors, los in ((False, True), (False, False), (True, None)):
        placed = _placed(scenario, [[100.0, 0.0, 1.5]], [0.0, 0.0, 25.0], indoors, los)
        found.append(10.0 * float(placed.lsp_log_std[0, 0, 0, 3]))  # they count in bels
    return found


def penetration_38901(kind, spec, carriers_ghz, depth_m):
    """Return what buildings take in dB at carriers, without how much buildings differ; the model of 6 GHz and above."""
    import torch
    from sionna.phy.channel.tr38901.lsp import LSPGenerator

    found = []
    for carrier_ghz in carriers_ghz:
        scenario = _sionna_scenario("uma", carrier_ghz, spec, kind)
        depth = {"distance_2d_in": torch.full((1, 1), depth_m, dtype=torch.float64)}
        placed = _placed(scenario, [[100.0, 0.0, 1.5]], [0.0, 0.0, 25.0], indoors=True, **depth)
        generator = LSPGenerator(placed)
        generator._use_legacy_o2i_model = False
        generator._sample_o2i_penetration_random = lambda _: 0.0
        loss = generator._o2i_low_loss() if kind == "low" else generator._o2i_high_loss()
        found.append(float(loss))
    return found


def element_38901(elevation_deg, bearing_deg):
    """Return gains of the element in dBi."""
    import torch
    from sionna.phy.channel.tr38901 import AntennaElement

    theta = torch.deg2rad(90.0 - torch.tensor(elevation_deg, dtype=torch.float64))
    phi = torch.deg2rad(torch.tensor(bearing_deg, dtype=torch.float64))
    vertical, horizontal = AntennaElement("38.901", precision="double").field(theta, phi)
    return (20.0 * torch.hypot(vertical, horizontal).log10()).tolist()


# OpenNTN: TR 38.811


def satellite_38811(quantity, clutter, elevation_deg, carrier_ghz=2.0, altitude_m=600e3):
    """Return a quantity of links to a satellite at elevations: loss_db, clutter_db, sigma_db, probability, ..."""
    return [_satellite(quantity, clutter, one, carrier_ghz, altitude_m) for one in elevation_deg]


def _satellite(quantity, clutter, elevation_deg, carrier_ghz, altitude_m):
    from openntn import PanelArray
    from openntn.dense_urban_scenario import DenseUrbanScenario
    from openntn.sub_urban_scenario import SubUrbanScenario
    from openntn.urban_scenario import UrbanScenario

    kinds = {"dense_urban": DenseUrbanScenario, "urban": UrbanScenario, "suburban": SubUrbanScenario}
    array = _one_element(PanelArray, carrier_ghz)
    scenario = kinds[clutter](carrier_ghz * 1e9, array, array, "downlink", elevation_deg, precision="double")
    ground_m = altitude_m / math.tan(math.radians(elevation_deg))
    place = [[ground_m, 0.0, 1.5]], [0.0, 0.0, altitude_m]
    seen = _placed(scenario, *place, los=quantity not in ("clutter", "sigma_blocked"), latitude=0.0)
    values = {
        "probability": seen.los_probability,
        "clutter": seen.basic_pathloss - seen.free_space_pathloss,
        "sigma": 10.0 * seen.lsp_log_std[..., 3],
        "sigma_blocked": 10.0 * seen.lsp_log_std[..., 3],
        "free_space": seen.free_space_pathloss - 20.0 * (seen.distance_3d / altitude_m).log10(),  # at the zenith
        "gas": seen.gas_pathloss,
        "scintillation": seen.scintillation_pathloss,
    }
    return float(values[quantity].flatten()[0])


def beam_38811(aperture_wavelengths, off_axis_rad):
    """Return gains of a round aperture over its peak, linear."""
    import torch
    from openntn.antenna import AntennaElement

    element = AntennaElement("aperture", aperture_radius=aperture_wavelengths, precision="double")
    phi = torch.tensor(off_axis_rad, dtype=torch.float64)
    vertical, horizontal = element.field(torch.full_like(phi, torch.pi / 2.0), phi)
    return (vertical**2 + horizontal**2).tolist()


# tr3gpp: TR 36.777 as printed


def path_loss_36777(scenario, condition, carrier_ghz, d3d_m, height_m):
    """Return path losses in dB of aerial users."""
    from tr3gpp import tr36777

    annex, found = tr36777.annex("B"), []
    for distance, height in zip(d3d_m, height_m, strict=True):
        names = {"d_3D": distance, "h_UT": height, "f_c": carrier_ghz}
        names["PL'"] = 20.0 * math.log10(4.0 * math.pi * distance * carrier_ghz * 1e9 / 299_792_458.0)  # note 3
        for known in ("LOS", condition):
            (row,) = [row for row in annex.pathloss(scenario=scenario, condition=known) if "4km" in row.height_range]
            names[f"PL_{scenario}-{known}"] = _value(row.pathloss.partition("=")[2], names)
        found.append(names[f"PL_{scenario}-{condition}"])
    return found


def los_probability_36777(scenario, d2d_m, height_m):
    """Return probabilities of a line of sight of aerial users."""
    from tr3gpp import tr36777

    rows = tr36777.annex("B").los_probability(scenario=scenario)
    (printed,) = [row.los_probability for row in rows if "cases" in row.los_probability]
    near, far = re.search(r"cases} (.*) & d.*? \\\\ (.*) & d", printed).groups()
    found = []
    for distance, height in zip(d2d_m, height_m, strict=True):
        names = {"d_2D": distance, "h_UT": height}
        for part in printed.split(r"; \quad")[1:]:
            name, _, formula = part.partition("=")
            names[name.strip()] = _value(formula, names)
        found.append(_value(near if distance <= names["d_1"] else far, names))
    return found


def shadow_sigma_36777(scenario, condition, height_m):
    """Return standard deviations of the shadowing of aerial users in dB."""
    from tr3gpp import tr36777

    rows = tr36777.annex("B").shadow_fading_std(scenario=scenario, condition=condition)
    (formula,) = [row.sf_std.partition("=")[2] for row in rows if "22.5m <" in row.height_range]
    return [_value(formula, {"h_UT": height}) for height in height_m]


def _value(formula: str, names: dict[str, float]) -> float:
    r"""Return what a printed formula comes to: numbers, names, + - / ( ), \frac, \log_{10}, \exp, \max, and nothing."""
    text = re.sub(r"\\left|\\right|\\[;,]|\\quad", "", formula)
    for name in sorted(names, key=len, reverse=True):
        subscripted = re.sub(r"_(.+)", r"_{\1}", name)
        text = text.replace(subscripted, f" ({names[name]!r}) ").replace(name, f" ({names[name]!r}) ")
    text = text.replace("{,}", ",").replace("[", "(").replace("]", ")")
    while (again := re.sub(r"\\d?frac\{([^{}]*)\}\{([^{}]*)\}", r"((\1)/(\2))", text)) != text:
        text = again
    text = (
        text.replace("\\max\\{", "\\max(").replace("\\}", ")").replace("\\log_{10}", " log10").replace("\\pi", " pi ")
    )
    text = re.sub(r"\\(exp|max)", r" \1", text)
    text = re.sub(r"(?<=[\d)i])\s*(?=\()", "*", text)  # products are written by standing side by side
    text = re.sub(r"(?<=[\d)])\s*(?=(log10|exp|max|pi))", "*", text)
    text = re.sub(r"log10\*", "log10", text)
    if re.search(r"[^\d\s.,()+\-*/elogxpmai]", text):
        raise ValueError(f"A formula has something that is not understood: {text}")
    return _reckoned(ast.parse(text.strip(), mode="eval").body)


FUNCTIONS = {"log10": math.log10, "exp": math.exp, "max": max}
OPERATORS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.USub: operator.neg,
}


def _reckoned(node: ast.expr) -> float:
    """Return what arithmetic comes to; anything else is refused, nothing is executed."""
    match node:
        case ast.Constant(value=int() | float() as value):
            return float(value)
        case ast.Name(id="pi"):
            return math.pi
        case ast.BinOp(left, sign, right) if type(sign) in OPERATORS:
            return OPERATORS[type(sign)](_reckoned(left), _reckoned(right))
        case ast.UnaryOp(sign, operand) if type(sign) in OPERATORS:
            return OPERATORS[type(sign)](_reckoned(operand))
        case ast.Call(ast.Name(id=name), arguments, []) if name in FUNCTIONS:
            return float(FUNCTIONS[name](*map(_reckoned, arguments)))
    raise ValueError(f"A formula has something that is not understood: {ast.unparse(node)}")


ANSWERS = {
    function.__name__: function
    for function in (
        path_loss_38901,
        los_probability_38901,
        shadow_sigma_38901,
        penetration_38901,
        element_38901,
        satellite_38811,
        beam_38811,
        path_loss_36777,
        los_probability_36777,
        shadow_sigma_36777,
    )
}

if __name__ == "__main__":
    main()
