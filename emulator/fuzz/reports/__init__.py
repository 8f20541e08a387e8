"""Reports: a campaign, and a replay, as people and programs want to read them."""
