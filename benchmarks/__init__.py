"""How fast the model is, what bounds it, and how it compares with plain Mesa: `python -m benchmarks`."""
