"""When does seeking help become normal in a community, and what makes it so: a simulation to think with."""

__version__ = "0.1.0"
