"""Each command is loaded alone: it is found where the table says, says what it said among all, and starts light."""

import re
import subprocess
import sys

import pytest

from itnt_core.cli import main
from itnt_core.cli.commands import COMMANDS

COMPUTES = {"cvxpy", "geopandas", "gymnasium", "numba", "numpy", "pandas", "scipy", "sklearn", "torch", "xarray"}
OF_OTHERS = {"cvxpy", "geopandas", "highspy", "matplotlib", "pandas", "pyproj", "sklearn", "torch", "xarray"}


def help_of(capsys, *words):
    """Return what a question for help prints."""
    with pytest.raises(SystemExit) as end:
        main([*words, "--help"])
    assert end.value.code == 0
    return capsys.readouterr().out


def test_the_help_names_all_commands_in_the_order_of_the_table(capsys):
    assert re.findall(r"^    (\w+)\b", help_of(capsys), re.M) == list(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_found_where_the_table_says(capsys, name):
    assert help_of(capsys, name).startswith(f"usage: python -m itnt_core {name} ")


def test_what_is_no_command_is_told_all_that_are(capsys):
    with pytest.raises(SystemExit) as end:
        main(["scenarios"])
    told = capsys.readouterr().err
    assert end.value.code == 2 and "invalid choice: 'scenarios'" in told
    assert [name for name in COMMANDS if f"'{name}'" not in told and f" {name}" not in told] == []


def test_a_command_loads_nothing_that_only_others_need(tmp_path):
    code = f"""import sys
from itnt_core.cli import main
main(["people", "list"])
print("people", *sorted({COMPUTES} & set(sys.modules)))
main(["methods"])
print("methods", *sorted({OF_OTHERS} & set(sys.modules)))"""
    environment = {"ITNT_DATA_DIR": str(tmp_path)}
    told = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    lines = told.stdout.splitlines()
    assert "people" in lines and lines[-1] == "methods"
