"""The live board: who is at which station now, as far as the centre has heard."""
