"""How we answer: the straight line from a message to a reply, and the places people talk to it."""
