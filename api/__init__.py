"""HTTP and the command line: the only package that knows Flask, and the one place where everything is put together."""
