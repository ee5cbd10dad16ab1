"""Sending the outbox and fetching streams: `client.SyncClient` and, for the screens, `worker.SyncWorker`."""
