"""Imports every screen, so that each is declared."""

from mobile.screens import (  # noqa: F401
    choose_pin,
    count,
    dose,
    enrol,
    first_sync,
    home,
    household,
    household_form,
    outbox,
    person,
    person_form,
    pick,
    session,
    session_close,
    session_form,
    settings,
    stock,
    unlock,
    village,
    visit,
)
