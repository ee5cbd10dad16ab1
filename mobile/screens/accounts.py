"""Who uses the phone: its accounts, one more, or practice. Each opens by its own PIN."""

from __future__ import annotations

from mobile.accounts import Account
from mobile.screens.base import Screen
from mobile.widgets.lists import Row
from mobile.widgets.loading import load_rules
from mobile.widgets.surfaces import Section, text
from mobile.words import words
from shared.permissions import ROLES


class AccountsScreen(Screen):
    """Stands on a locked phone; nothing of a patient is shown."""

    name = "accounts"

    def show(self) -> None:
        """Fill the page."""
        self.title = words.t("accounts.title")
        page, phone = self.ids.page, self.phone
        page.clear()
        page.add(text(words.t("accounts.lead"), tone="muted"))
        for account in phone.accounts.all():
            row = Row(
                icon="account-outline",
                icon_tone="brand",
                title=account.name or words.t("accounts.nobody"),
                line=self._line(account),
            )
            row.bind(on_release=lambda _, account=account: phone.choose(account))
            page.add(row)
        page.add(Section(text=words.t("accounts.more")))
        for title, line, icon, go in (
            ("accounts.add", "accounts.add_line", "account-plus-outline", phone.add_account),
            ("practice.try", "practice.try_line", "school-outline", phone.practise),
        ):
            row = Row(icon=icon, title=words.t(title), line=words.t(line))
            row.bind(on_release=lambda _, go=go: go())
            page.add(row)

    @staticmethod
    def _line(account: Account) -> str:
        role = ROLES.get(account.role)
        named = (role.en if words.lang == "en" else role.vi) if role else ""
        return " · ".join(filter(None, [named, account.unit])) or words.t("accounts.not_enrolled")


load_rules(__file__)
