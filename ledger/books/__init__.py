"""The books: plain text that stock Beancount reads. People's files are read here, the service's files are written here."""
