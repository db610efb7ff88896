"""The frame around every console page: words, times, icons, sections."""
