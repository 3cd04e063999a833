"""A headless browser for the tests of the page: Chromium through its driver, or a reason why there is none."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--window-size=1280,900",
)
CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")


def lacking() -> str | None:
    """Why no browser can be started here, or ``None``."""
    try:
        import selenium  # noqa: F401
    except ImportError:
        return "the package selenium is not installed"
    missing = [name for name, found in (("chromium", CHROMIUM), ("chromedriver", DRIVER)) if found is None]
    return f"no {' and no '.join(missing)} on this machine" if missing else None


@contextmanager
def browser(*flags: str) -> Iterator[Any]:
    """A browser with a profile of its own, and ``flags`` of its own if given."""
    from selenium import webdriver
    from selenium.webdriver.chrome.options import Options
    from selenium.webdriver.chrome.service import Service

    options = Options()
    options.binary_location = CHROMIUM
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        for flag in (*FLAGS, *flags, f"--user-data-dir={folder}"):
            options.add_argument(flag)
        driver = webdriver.Chrome(options=options, service=Service(DRIVER))
        try:
            yield driver
        finally:
            driver.quit()


def opened(driver: Any, page: Path) -> Any:
    """The driver with a page opened and drawn, its logs empty before."""
    for log in ("browser", "performance"):
        driver.get_log(log)
    driver.get(page.as_uri())
    return driver
