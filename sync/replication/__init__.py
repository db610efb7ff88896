"""The replicator: any peer to any peer by the published protocol."""
