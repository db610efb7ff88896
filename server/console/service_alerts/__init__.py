"""Alerts of service: who did not come, who did not check out, what is overdue; each with what to do."""
