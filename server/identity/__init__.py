"""Who is who: members, devices, grants, sign-in, enrolment, orders to devices, and the audit chain.

Knows nothing of HTTP. Everything lives in the databases `accounts` and `audit`.
"""
