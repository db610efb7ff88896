"""Chromium and a Chinese font for the browser's tests, from the system's packages where that is allowed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

PACKAGES = ("chromium", "fonts-noto-cjk", "fontconfig")
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")


def chromium_path() -> str | None:
    return next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)


def ensure_browser() -> None:
    """Install what is missing, or end with one line that says what to install."""
    if chromium_path() and _has_chinese_font():
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {"stdout": subprocess.DEVNULL, "env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}}
        print("installing a browser and a Chinese font for the tests")
        subprocess.call(["apt-get", "update", "-qq"], **quiet)
        subprocess.call(["apt-get", "install", "-y", "-qq", *PACKAGES], **quiet)
    if not (chromium_path() and _has_chinese_font()):
        sys.exit(f"the browser's tests need these packages: {' '.join(PACKAGES)}; `make quick` goes without")


def _has_chinese_font() -> bool:
    if shutil.which("fc-list") is None:
        return False
    return bool(subprocess.run(["fc-list", ":lang=zh"], capture_output=True, check=False).stdout.strip())
