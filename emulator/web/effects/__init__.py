"""The effects of rules, one small module each, and the registry that lists them.

An effect on a reply is a function from a rule, a reply and a Scene to a reply; an effect on the wire sends a reply in its
own way. Neither decides anything: that has been done, purely, by domain.rules.
"""
