"""Rows of a long study: each is found once, also by the process that goes on where another stopped."""

from benchmarks.kept import KeptRows


def test_a_study_that_was_cut_short_goes_on_where_it_stopped(tmp_path):
    asked, log = [], tmp_path / "made" / "log.jsonl"

    def answer(number):
        asked.append(number)
        return {"square": number**2}

    first = KeptRows(log)
    for number in (1, 2, 1):
        row = first.row({"number": number, "of": {"b": 1, "a": 2}}, lambda number=number: answer(number))
        assert row == {"number": number, "of": {"b": 1, "a": 2}, "square": number**2}
    assert asked == [1, 2]
    again = KeptRows(log)
    assert again.row({"of": {"a": 2, "b": 1}, "number": 2}, lambda: answer(0))["square"] == 4
    assert again.row({"number": 3}, lambda: answer(3))["square"] == 9 and asked == [1, 2, 3]
