"""Records of any declared workflow: a list, one record with its steps and due dates, a form for a new one."""
