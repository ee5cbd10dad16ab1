"""The ways of typing Vietnamese a worker may choose: Telex, VNI, or none where the keyboard composes by itself."""

from collections.abc import Callable

from mobile.forms import telex, vni

#: (text before the cursor, key) to the text after it.
Composing = Callable[[str, str], str]

TELEX, VNI, OFF = "telex", "vni", "off"

#: By the name of the way, in the order they are offered.
WAYS: dict[str, Composing] = {TELEX: telex.type_key, VNI: vni.type_key, OFF: lambda before, key: before + key}
