"""Building a scenario: the map's editor, forms, tables, the city, satellites, surfaces, links."""
