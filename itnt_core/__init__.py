"""ITNT Studio: integrated terrestrial / non-terrestrial network planning."""
