"""A county's quarter in one piece: steps that are each recorded once, so that it goes on where it was broken off."""
