"""The console: HTML pages for central, township, unit and station staff, one folder a feature.

It reads the read model and writes through the desk's log alone.
"""
