"""Cities from files and into files: recognised by structure, read in a confined process, repaired, counted."""
