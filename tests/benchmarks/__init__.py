"""Scripts that measure, as ratios of two things timed in turn. None of them is a test: see tests/README.md."""
