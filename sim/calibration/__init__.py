"""The model held against data: what was observed, what the model gives, and the parameters that fit."""
