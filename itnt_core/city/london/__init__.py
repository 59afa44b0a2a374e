"""London for any square: facts where there are facts, invented buildings between them."""
