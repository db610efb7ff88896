"""`liandong couch`: the bare engine as a CouchDB-compatible server for ordinary clients."""
