"""Trials in silico: a published trial as data, lived many times, analysed as its authors did."""
