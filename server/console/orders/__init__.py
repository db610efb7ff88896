"""Service orders: the form of a new one, and each order's papers, signatures and evaluation."""
