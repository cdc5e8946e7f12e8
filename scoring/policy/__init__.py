"""Policy as dated data: what people approve, read from YAML, checked whole before use."""
