"""One command per claim; ``benchmarks/README.md`` keeps the last results."""
