"""What matters: which parameters move an outcome, how much of it is luck, and where a community tips."""
