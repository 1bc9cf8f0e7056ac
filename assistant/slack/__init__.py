"""The Slack bot: private answers with their evidence, cards where something was asked, each message answered once."""
