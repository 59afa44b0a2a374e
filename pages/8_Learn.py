"""Learn: ten steps from one link to the full problem, on the open scenario; a glossary; a lecture mode."""

from __future__ import annotations

import streamlit as st

from pages.learning.glossary import show_glossary
from pages.learning.lecture import lecture_words, show_screen
from pages.learning.lesson import show_step
from pages.learning.place import GLOSSARY, place_of_address, show_ways
from pages.shared.frame import page

PURPOSE = (
    "Ten steps from one link to the whole problem, computed on your open scenario: change a knob here, or the "
    "scenario, "
    "and every number follows."
)

place, notes = place_of_address()
heading, sentence = lecture_words(place) if place.lecture else (None, PURPOSE)
with page("Learn", sentence, heading=heading):
    for note in notes:
        st.warning(note)
    if place.lecture:
        show_screen(place)
    else:
        show_ways(place)
        if place.step == GLOSSARY:
            show_glossary()
        else:
            show_step(place)
