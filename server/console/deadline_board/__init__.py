"""The deadline board: every due date that runs, with law, article and arithmetic."""
