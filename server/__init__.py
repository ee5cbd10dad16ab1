"""The server: takes entries in, projects them, and shows what they add up to. Start at `server.app.create_app`."""
