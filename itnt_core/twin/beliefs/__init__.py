"""What the twin takes the world for: wrong maps, places, ages and orbits, and what it learns from users' reports."""
