"""The agency's own signature: its keys, what they sign, and the chained log of what happened.

What another room needs: `canonical.canonical` (the bytes), `service.sign`, `rules.verify`,
`queries.published_keys` and `queries.trusted_keys`, `log.ask`.
"""
