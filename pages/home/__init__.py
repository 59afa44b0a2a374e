"""The first page: the recorded run, and the getting ready for the pages that come next."""
