"""The lock and the accounts of a phone, what it says of itself, practice."""

from __future__ import annotations

from typing import Any

from mobile.words import words
from tests.mobile.phones import PIN, VILLAGE, household_body
from tests.phone.village import HOME
from tests.phone.walks import Walk


def my_account(pictures: Any) -> None:
    """A clock that goes wrong, another PIN, why an account may not leave and how it does."""
    phone = pictures.phone
    phone.pad(PIN)
    store = phone.app.phone.store
    store.set_clock_offset(-45 * 60)
    pictures.start()
    pictures.take("home-clock", "home")
    pictures.see("settings")
    pictures.take("settings-clock", "settings")
    pictures.see("change_pin")
    phone.pad("135790135790135791")
    pictures.take("change-pin-differs", "change_pin")
    pictures.start()
    pictures.see("removal")
    pictures.see("removal_sure")
    pictures.start()
    store.save_draft(f"visit:{HOME}", "visit", {})
    pictures.go("removal")
    pictures.take("removal-drafts", "removal")
    store.record("household", place=VILLAGE, body=household_body())
    pictures.start()
    pictures.go("removal")
    pictures.take("removal-unsent", "removal")


def several_accounts(pictures: Any) -> None:
    """A second account beside the first, and the lock of each."""
    phone, app = pictures.phone, pictures.phone.app
    phone.pad(PIN)
    app.phone.lock()
    phone.settle(0.1)
    app.stage.start("accounts")
    pictures.take("accounts", "accounts")
    phone.press(words.t("accounts.add"))
    pictures.take("choose-pin-further", "choose_pin")
    phone.pad("135790" * 2)
    pictures.take("enrol-further", "enrol")
    phone.screen.go_back()
    phone.settle(0.1)
    pictures.take("accounts-two", "accounts")
    app.phone.choose(app.phone.accounts.all()[0])
    phone.settle(0.1)
    phone.pad("135790" * 4)
    phone.settle(0.6)
    phone.screen.leave()  # it would count down
    phone.screen.fault = words.t("pin.wait", wait=words.t("pin.wait_minutes", minutes=12, seconds="05"))
    pictures.take("unlock-wait", "unlock")


def practice(pictures: Any) -> None:
    """Made-up data, marked on every screen."""
    phone = pictures.phone
    phone.press(words.t("practice.try"))
    pictures.take("practice-home", "home")
    pictures.go("settings")
    pictures.take("practice-settings", "settings")


WALKS = [Walk("station", my_account), Walk("station", several_accounts), Walk("station", practice)]
