"""Digital credentials: Open Badges 3.0 as W3C Verifiable Credentials 2.0."""
