"""The product without a screen: everything the app and the terminal share. Never imports Qt."""
