import pytest

from .installing import install_example, known, lay_out


@pytest.fixture(scope="session")
def example_site(tmp_path_factory):
    """The folder of packages into which pip has installed the plug-in of docs/extending.md."""
    return install_example(tmp_path_factory.mktemp("plugin"))


@pytest.fixture
def example(example_site):
    """The plug-in of docs/extending.md, known to this process and to those that it starts."""
    with known(example_site):
        yield example_site


@pytest.fixture
def plugin(tmp_path):
    """Return a function that lays out a plug-in, known from then on to the end of the test."""
    site = tmp_path / "site"
    with known(site):

        def add(name, entries, modules=None, version="0.1"):
            from itnt_core import extensions

            lay_out(site, name, entries, modules, version)
            extensions.look_again()

        yield add
