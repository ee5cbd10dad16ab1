"""Places in a list stand by their own names."""

from __future__ import annotations

from server.places.order import place_key


def test_types_do_not_count_and_numbers_are_numbers() -> None:
    names = [
        "Xã Sơn Bình",
        "Thị trấn Tam Đường",
        "Xã Bản Bo",
        "Phường Đông Phong",
        "Xã Dào San",
        "Xã Bản Hon",
    ]
    assert sorted(names, key=place_key) == [
        "Xã Bản Bo", "Xã Bản Hon", "Xã Dào San", "Phường Đông Phong", "Xã Sơn Bình", "Thị trấn Tam Đường",
    ]  # fmt: skip
    streets = ["Tổ dân phố số 10", "Tổ dân phố số 2", "Tổ dân phố số 1"]
    assert sorted(streets, key=place_key) == streets[::-1]
    assert place_key("Bản") == place_key("Bản")
