"""What is offered from outside: used where it is right, left out and told in a sentence where it is not."""

import sys

import pytest

from itnt_core import extensions
from itnt_core.cli import main
from itnt_core.exports import EXPORT_FORMATS as KNOWN_EXPORTS
from itnt_core.extensions import CHANNEL_MODELS, CITY_FORMATS, EXPORT_FORMATS, GROUPS, METHODS, STUDIES, ExtensionError
from itnt_core.methods import METHODS as KNOWN_METHODS
from itnt_core.methods import SettingsError, find_method, register_method
from itnt_core.methods.straight import StraightMethod
from itnt_core.radio import CHANNEL_MODELS as KNOWN_MODELS
from itnt_core.radio import ChannelLaw, register_channel_model
from itnt_core.scenario import BUILT_IN_CHANNEL_MODELS
from itnt_core.studies import STUDIES as KNOWN_STUDIES

BUILT_IN = ("straight", "planner", "gradient", "proposed", "t_ddqn", "ra", "epa")
LAW = """
from itnt_core.radio import ChannelLaw
LAW = ChannelLaw(build=lambda scenario, city, sky: None, assumption="Nothing.")
"""
METHOD = """
from itnt_core.methods import MethodSettings
class Lazy:
    key, title, summary, settings_type = "lazy", "Lazy", "Serves nobody.", MethodSettings
    def solve(self, world, settings, seed, notify):
        return None
LAZY = Lazy()
"""


def test_without_plug_ins_there_is_what_is_built_in(capsys):
    assert tuple(KNOWN_METHODS) == BUILT_IN
    assert tuple(KNOWN_MODELS) == BUILT_IN_CHANNEL_MODELS
    assert list(KNOWN_STUDIES) == ["data service", "spectrum sharing", "dispatching"]
    assert main(["plugins"]) == 0
    assert capsys.readouterr().out == "No plug-in is installed.\n"


def test_a_thing_is_imported_when_it_is_asked_for_and_not_before(plugin):
    plugin("lazy-things", {METHODS: {"lazy": "lazy_module:LAZY"}}, {"lazy_module": METHOD})
    assert extensions.offered_names(METHODS) == ("lazy",) and KNOWN_METHODS.origin("lazy") == "lazy-things 0.1"
    assert find_method("straight").key == "straight" and "lazy_module" not in sys.modules
    assert find_method("lazy").title == "Lazy" and "lazy_module" in sys.modules
    assert tuple(KNOWN_METHODS) == (*BUILT_IN, "lazy") and not KNOWN_METHODS.problems()


@pytest.mark.parametrize(
    ("module", "words"),
    {
        "1 / 0": ["ZeroDivisionError: division by zero", "update or uninstall it"],
        "import no_such_package": ["ModuleNotFoundError", "no_such_package"],
        "raise SystemExit(3)": ["SystemExit: 3"],
        "class Wrong: pass": ["AttributeError", "LAZY"],
        "LAZY = 7": ["has no key, title, summary"],
        METHOD.replace('"lazy"', '"busy"'): ["calls itself 'busy'", "both names must be the same"],
        "raise ValueError('a' * 5000 + chr(10) + chr(27))": ["ValueError: aaaa"],
    }.items(),
    ids=lambda value: str(value)[:20] if isinstance(value, str) else "",
)
def test_a_broken_one_costs_itself_and_a_sentence_says_whose_it_is(module, words, plugin, capsys):
    plugin("broken", {METHODS: {"lazy": "broken_module:LAZY"}}, {"broken_module": module})
    plugin("sound", {CHANNEL_MODELS: {"void": "sound_module:LAW"}}, {"sound_module": LAW})
    assert tuple(KNOWN_METHODS) == BUILT_IN and "lazy" not in KNOWN_METHODS
    (sentence,) = KNOWN_METHODS.problems()
    for part in ["broken 0.1 offers the method 'lazy' (broken_module:LAZY)", *words]:
        assert part in sentence
    assert len(sentence) < 500 and sentence.isprintable()
    with pytest.raises(SettingsError, match=r"known are straight.* broken 0\.1 offers"):
        find_method("lazy")
    assert main(["plugins"]) == 1
    told = capsys.readouterr().out
    assert sentence in told and "channel model 'void', from sound 0.1" in told


def test_no_name_that_is_taken_is_taken_again(plugin):
    plugin("zeta", {METHODS: {"lazy": "zeta_module:LAZY"}}, {"zeta_module": METHOD})
    plugin(
        "alpha",
        {METHODS: {"lazy": "alpha_module:LAZY", "planner": "alpha_module:LAZY", "b\u00f6se": "alpha_module:LAZY"}},
        {"alpha_module": METHOD},
    )
    assert KNOWN_METHODS["lazy"] is sys.modules["alpha_module"].LAZY  # the first by distribution
    assert KNOWN_METHODS["planner"] is find_method("planner") is not KNOWN_METHODS["lazy"]
    told = " ".join(KNOWN_METHODS.problems())
    assert len(KNOWN_METHODS.problems()) == 3 and "zeta_module" not in sys.modules
    assert "'planner' (alpha_module:LAZY), which is left out since it has the name of a built-in method" in told
    assert "zeta 0.1" in told and "has the name of one of alpha 0.1: uninstall one of the two" in told
    assert "'b\u00f6se'" in told and "has a name that is none" in told


def test_a_built_in_channel_model_stays_what_it_is(plugin, tiny_scenario, tiny_world):
    plugin("thief", {CHANNEL_MODELS: {"urban": "thief_module:LAW"}}, {"thief_module": LAW})
    assert KNOWN_MODELS["urban"].sees_buildings and "thief_module" not in sys.modules
    assert "built-in channel model" in KNOWN_MODELS.problems()[0]


def test_one_that_imports_torch_on_loading_is_left_out(plugin, monkeypatch):
    monkeypatch.delitem(sys.modules, "torch", raising=False)
    heavy = f"import sys, types\nsys.modules['torch'] = types.ModuleType('torch')\n{METHOD}"  # costs no seconds
    plugin("heavy", {METHODS: {"lazy": "heavy_module:LAZY"}}, {"heavy_module": heavy})
    assert (
        "imports torch while it is loaded: its authors must import it where it is used" in KNOWN_METHODS.problems()[0]
    )


def test_a_damaged_list_of_entry_points_costs_itself(plugin, tmp_path):
    plugin("damaged", {METHODS: {"lazy": "x:y"}})
    (tmp_path / "site" / "damaged-0.1.dist-info" / "entry_points.txt").write_text("[itnt_studio.methods]\nlazy\n[")
    plugin("sound", {METHODS: {"lazy": "sound_module:LAZY"}}, {"sound_module": METHOD})
    assert tuple(KNOWN_METHODS) == (*BUILT_IN, "lazy")


def test_a_notebook_registers_and_replaces_its_own_and_nothing_else(plugin):
    class Mine(StraightMethod):
        key = "mine"

    plugin("lazy-things", {METHODS: {"lazy": "lazy_module:LAZY"}}, {"lazy_module": METHOD})
    register_method(Mine())
    again = Mine()
    register_method(again)
    assert KNOWN_METHODS["mine"] is again and KNOWN_METHODS.origin("mine") == "this session"
    for key in ("planner", "lazy"):
        Mine.key = key
        with pytest.raises(ExtensionError, match=f"'{key}' cannot be registered, since it has a name that is taken"):
            register_method(Mine())
    with pytest.raises(ExtensionError, match="has no build, assumption"):
        register_channel_model("mine", object())
    with pytest.raises(ExtensionError, match="has a name that is none"):
        register_channel_model("a/b", ChannelLaw(build=lambda *_: None, assumption=""))


def test_what_fails_while_it_works_is_told_as_its_own_fault(plugin, tiny_scenario, city_cache):
    from itnt_core.methods import optimise

    plugin("lazy-things", {METHODS: {"lazy": "lazy_module:LAZY"}}, {"lazy_module": METHOD})
    with pytest.raises(
        ExtensionError, match=r"'lazy' of lazy-things 0\.1: it failed \(TypeError: it returned a NoneTy"
    ):
        optimise(tiny_scenario, "lazy", cache_dir=city_cache)


def test_every_group_has_its_registry():
    from itnt_core.city.files.formats import CITY_FORMATS as KNOWN_FORMATS

    registries = {
        CHANNEL_MODELS: KNOWN_MODELS,
        METHODS: KNOWN_METHODS,
        CITY_FORMATS: KNOWN_FORMATS,
        EXPORT_FORMATS: KNOWN_EXPORTS,
        STUDIES: KNOWN_STUDIES,
    }
    assert list(registries) == [CHANNEL_MODELS, METHODS, CITY_FORMATS, EXPORT_FORMATS, STUDIES]
    assert set(registries) == set(GROUPS) and registries == extensions._REGISTRIES
