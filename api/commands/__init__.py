"""The subcommands of `orderledger` by topic. Heavy imports stand inside the commands, so that `--help` answers at once."""
