"""What the pages share: frame, session state, published files, the map component, runs as cards."""
