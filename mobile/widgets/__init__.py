"""Widgets of the phone, made of plain Kivy. Each module has its rules in a .kv of the same name."""
