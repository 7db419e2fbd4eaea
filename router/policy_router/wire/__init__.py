"""What providers' APIs mean on the wire: bytes in, facts and bytes out; no I/O of any kind."""
