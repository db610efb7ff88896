"""Crediting several sessions at once, where nothing is doubtful and nobody says anything else."""
