"""What several suites share: a real server process, a TCP proxy that cuts, a browser, a small county."""
