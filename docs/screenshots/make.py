"""Take the README's pictures of the console from a running demonstration: ``python docs/screenshots/make.py`` beside ``make demo``.

Everything on them is invented: the demonstration's county is synthetic.
"""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).parent
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
WIDTH, HEIGHT = 1280, 1000
PICTURES = (
    ("household", "clerk", "/console/households/{household}", ""),
    ("audit", "auditor", "/console/audit/households/{household}", ""),
    ("county", "county-officer", "/console/county", ""),
    ("trial", "analyst", "/console/policies", "/console/policies/trials/"),
)
"""Name, whose page, where; and how the address begins of the link that is followed from there."""


def take(browser: Browser, url: str, keys: Path, name: str, account: str, path: str, link: str) -> None:
    """Sign in as the account and take the page's picture, in Chinese; the clerk then records a decision."""
    context = browser.new_context(base_url=url, locale="zh-CN", viewport={"width": WIDTH, "height": HEIGHT})
    page = context.new_page()
    page.goto(f"/console/sign-in?next={path}")
    page.fill("#name", account)
    page.fill("#password", (keys / f"{account}.password").read_text().strip())
    page.click("main button")
    page.wait_for_load_state("load")
    if page.url != url + path:
        raise SystemExit(f"{path} was not reached; is the demonstration of this version running at {url}?")
    if link:
        page.click(f'main a[href^="{link}"]')
        page.wait_for_load_state("load")
    page.screenshot(path=HERE / f"{name}.png")
    if name == "household":
        record(page)
    context.close()


def record(page: Page) -> None:
    """Record a decision from the household's page, so that the auditor has one to look at."""
    page.select_option("[name=purpose]", index=1)
    page.fill("[name=amount_cny]", "20000")
    page.fill("[name=term_months]", "12")
    page.click("form:has([name=purpose]) button")
    page.wait_for_url("**/console/decisions/**")


def main() -> None:
    """Take every picture."""
    parser = argparse.ArgumentParser(description="Take the README's pictures from a running demonstration.")
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="where it serves (default %(default)s)")
    parser.add_argument("--keys", type=Path, default=Path("var/demo/keys"), help="its passwords (default %(default)s)")
    parser.add_argument("--household", default="411299101201-0001", help="a household (default %(default)s)")
    asked = parser.parse_args()
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=FLAGS)
        for name, account, path, link in PICTURES:
            take(browser, asked.url, asked.keys, name, account, path.format(household=asked.household), link)
        browser.close()


if __name__ == "__main__":
    main()
