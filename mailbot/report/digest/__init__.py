"""digest: what the office reads each morning, what needs a person first."""
