"""The page Calibration: verdicts in words, the switch that makes it wrong, what no exam was taken in."""

from itnt_core.words import NOT_CALIBRATED


def shown(app):
    """Return all text of a page."""
    parts = (app.markdown, app.caption, app.success, app.error, app.subheader)
    return "\n".join(element.value for kind in parts for element in kind)


def test_the_exam_is_passed_and_failed_in_words_and_kept(open_page):
    app = open_page("pages/9_Calibration.py")
    assert not app.exception and app.success[0].value == "**Pass: all 3 panels.**"
    text = shown(app)
    assert text.count("Pass: 0.") == 3 and "5,700 users dropped by seed 1" in text
    assert all(sentence in text for sentence in NOT_CALIBRATED)
    table = app.dataframe[0].value
    assert list(table["Percentile"]) == list(range(5, 100, 5))
    assert (table["Lowest company, dB"] <= table["This program, dB"]).all()
    app.toggle(key="exam_wrong").set_value(True).run()
    assert not app.exception and not app.success
    assert app.error[0].value == "**Fail: 3 of 3 panels.** It was made wrong on purpose: the antennas are not tilted."
    assert shown(app).count("Fail: ") >= 4
    app.toggle(key="exam_wrong").set_value(False).run()  # was taken already
    assert app.success[0].value == "**Pass: all 3 panels.**"
    assert len(app.session_state["calibration_taken"]) == 2
