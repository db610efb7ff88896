"""Monthly reports of service: on a page whose numbers lead to their records, and as PDF, XLSX and CSV."""
