"""The HTML that people see: the card, the sources of a reply, the chat's text, and the articles as pages."""
