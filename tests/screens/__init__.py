"""How every screen and page looks: sizes, themes, languages, long names, no data, much data."""
