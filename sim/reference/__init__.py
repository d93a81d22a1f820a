"""The slow twin: the model's week in plain Python, one person at a time, on the same luck as the engine.

It is the text to read and to teach from, and the place to try a change before a kernel is touched: the tests hold the
two equal, person by person and week by week. Begin with ``model``, then ``person``.
"""

from sim.reference.model import ReferenceModel

__all__ = ["ReferenceModel"]
