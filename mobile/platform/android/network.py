"""Android's word of its network: a broadcast whenever a connection comes or goes."""

from __future__ import annotations

from typing import Any

from android.broadcast import BroadcastReceiver
from jnius import autoclass

from mobile.platform.network import Changed

#: ConnectivityManager.CONNECTIVITY_ACTION: still sent to programs that ask for it while they run.
CONNECTIVITY = "android.net.conn.CONNECTIVITY_CHANGE"


class AndroidNetwork:
    """See mobile.platform.network.Network."""

    def __init__(self) -> None:
        activity = autoclass("org.kivy.android.PythonActivity").mActivity
        self._manager = activity.getSystemService("connectivity")
        self._receiver: Any = None

    def watch(self, changed: Changed | None) -> None:
        """See Network."""
        if self._receiver is not None:
            self._receiver.stop()
            self._receiver = None
        if changed is None:
            return

        def heard(_context: Any, _intent: Any) -> None:
            network = self._manager.getActiveNetworkInfo()
            changed(network is not None and bool(network.isConnected()))

        # Java does not keep a receiver of Python's alive: it is held here until it is stopped.
        self._receiver = BroadcastReceiver(heard, actions=[CONNECTIVITY])
        self._receiver.start()
