"""The demo county: Qihe with people, stations and some months of history, and phones that play a day.

Everything it makes passes through the doors that real work passes through; no person in it is real.
"""
