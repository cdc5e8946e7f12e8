"""What the service's load is measured against: the same model behind other servers, each in its own usual way."""
