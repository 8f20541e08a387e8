"""The server as a tester sees it: what can be made by plain HTTP, and the journal of what others asked."""
