"""The routes by topic. Each module gives a blueprint for one ledger; `api.app` puts them together."""
