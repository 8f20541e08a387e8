"""The contract as data: what a request and a reply of each edition may look like."""
