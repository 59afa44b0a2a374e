"""Sharing work out: the same answers whatever the number of threads, and nobody at work once it has ended."""

import os
import threading
import time

import numpy as np
import pytest

from itnt_core.cores import MOST_THREADS, THREADS_VARIABLE, shared_out, thread_count, use_threads
from itnt_core.deadline import TimeIsUp


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_answers_stand_in_the_order_of_the_items(threads):
    def work(item):
        time.sleep(0.001 * (item % 3))
        return item * item

    with use_threads(threads):
        assert shared_out(work, range(40)) == [item * item for item in range(40)]
        assert shared_out(work, []) == [] and shared_out(work, [7]) == [49]


def test_every_item_is_taken_once():
    taken = []
    with use_threads(4):
        shared_out(taken.append, range(200))
    assert sorted(taken) == list(range(200))


@pytest.mark.parametrize("threads", [1, 3])
def test_what_work_raises_comes_out_and_ends_it(threads):
    taken = []

    def work(item):
        taken.append(item)
        if item == 5:
            raise KeyError(item)
        time.sleep(0.002)

    with use_threads(threads), pytest.raises(KeyError):
        shared_out(work, range(1000))
    assert len(taken) < 100


def test_a_check_is_called_in_the_own_thread_and_ends_the_helpers_too():
    callers, working = set(), []

    def check():
        callers.add(threading.get_ident())
        if len(working) > 10:
            raise TimeIsUp

    def work(item):
        working.append(item)
        time.sleep(0.002)

    with use_threads(3), pytest.raises(TimeIsUp):
        shared_out(work, range(1000), check)
    known = len(working)
    time.sleep(0.02)
    assert callers == {threading.get_ident()} and len(working) == known < 100


def test_work_that_shares_out_itself_does_not_wait_for_ever():
    def inner(item):
        return sum(shared_out(lambda number: number + item, range(10)))

    with use_threads(MOST_THREADS):
        assert shared_out(inner, range(60)) == [45 + 10 * item for item in range(60)]


def test_the_number_of_threads_is_what_the_environment_says_else_that_of_the_cores(monkeypatch):
    monkeypatch.setenv(THREADS_VARIABLE, "3")
    assert thread_count() == 3
    with use_threads(2):
        assert thread_count() == 2
    monkeypatch.setenv(THREADS_VARIABLE, "4000")
    assert thread_count() == MOST_THREADS
    monkeypatch.delenv(THREADS_VARIABLE)
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0, 1, 2}, raising=False)
    assert thread_count() == 3
    with pytest.raises(ValueError, match="at least one"), use_threads(0):
        pass


def test_threads_write_into_one_array_without_losing_anything():
    found = np.zeros(500)

    def work(item):
        found[item] = item

    with use_threads(4):
        shared_out(work, range(500))
    assert (found == np.arange(500)).all()
