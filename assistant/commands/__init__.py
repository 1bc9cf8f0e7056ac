"""The subcommands of 'spotter', one file each, loaded when called."""
