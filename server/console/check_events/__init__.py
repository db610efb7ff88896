"""Check events: who was where and when, what the phone measured, and the station's word on it."""
