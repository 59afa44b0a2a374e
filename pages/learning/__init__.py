"""Learn: the path of lessons, the glossary, lecture mode."""
