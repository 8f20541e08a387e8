"""lifecycle: a random walk of calls, scenarios, rules, clock steps and tenants, and a model that says what may be seen."""
