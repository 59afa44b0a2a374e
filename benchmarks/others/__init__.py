"""What benchmarks run under another python than this program's."""
