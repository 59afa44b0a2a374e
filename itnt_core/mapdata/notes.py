"""What the map owes its readers in words, apart from the libraries that draw."""

DRAWN_NOTE = "Trees are drawn, not surveyed."
