"""Reviews by auditors: a random sample of decisions, drawn so that anybody can draw it again; noted, and signed."""
