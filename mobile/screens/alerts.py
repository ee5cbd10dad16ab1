"""Everything of a site's stock that asks for something, the most pressing first."""

from typing import Any

from mobile.screens.page import PageScreen
from mobile.screens.stock_words import alert_line, alert_sign, alert_title
from mobile.store import alerts, stock
from mobile.widgets.lists import Row
from mobile.widgets.surfaces import Empty
from mobile.words import words
from shared.rules.alerts import Alert


class AlertsScreen(PageScreen):
    """A row an alert; each leads to where one can act."""

    name = "alerts"

    def prepare(self, site: str, **_: Any) -> None:
        """Know the site."""
        self.site = site
        self.title = words.t("alerts.title")

    def show(self) -> None:
        """List them."""
        page, store = self.ids.page, self.phone.store
        page.clear()
        found = alerts.alerts(store, self.site)
        if not found:
            page.add(Empty(icon="check", title=words.t("alerts.none"), text=words.t("alerts.none_do")))
        for alert in found:
            icon, tone = alert_sign(alert)
            row = Row(
                icon=icon,
                icon_tone=tone,
                title=alert_title(alert),
                line=alert_line(store, alert),
            )
            row.bind(on_release=lambda _, alert=alert: self._open(alert))
            page.add(row)

    def _open(self, alert: Alert) -> None:
        nav, store = self.phone.nav, self.phone.store
        if alert.about and alert.other:
            nav.go("transfer", site=self.site, transfer=alert.about)
        elif alert.about:
            nav.go("commitments", site=self.site)
        elif alert.kind == "stock_out" or alert.lot is None:
            nav.go("transfers", site=self.site)
        else:
            held = next((h for h in stock.holdings(store, self.site) if h.lot.id == alert.lot), None)
            if held is not None:
                nav.go("holding", site=self.site, holding=held.id)
