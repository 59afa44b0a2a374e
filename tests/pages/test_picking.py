"""Runs where one is chosen: the choice survives that their names grow older."""

from streamlit.testing.v1 import AppTest

from pages.running import picking


def _page():
    import streamlit as st

    from pages.running import picking
    from tests.a_run import a_run

    runs = [a_run(number, created=900.0, kpis={"data_service_mbit": 10.0 * number}) for number in (1, 2, 3)]
    names = picking.run_names(runs)
    held = picking.keep_choice("one", names)
    one = st.selectbox("One", list(names), index=0 if held else 1, format_func=names.__getitem__, key="one")
    picking.keep_choice("some", names)
    some = st.multiselect("Some", list(names), format_func=names.__getitem__, key="some")
    st.text(f"{one} {','.join(some)}")


def test_a_choice_survives_names_that_grow_older(monkeypatch):
    moments_s = [1000.0]
    monkeypatch.setattr(picking, "now_s", lambda: moments_s[-1])
    app = AppTest.from_function(_page)
    app.run()
    assert not app.exception and not app.warning
    assert app.text[0].value == "id-2"
    app.selectbox(key="one").set_value("id-3")
    app.multiselect(key="some").set_value(["id-1", "id-3"]).run()
    assert app.text[0].value == "id-3 id-1,id-3"
    moments_s.append(8200.0)
    app.run()
    assert not app.exception and not app.warning
    assert app.selectbox(key="one").options[2] == "Run 3 · 2 h ago · 30 Mbit"
    assert app.text[0].value == "id-3 id-1,id-3"
