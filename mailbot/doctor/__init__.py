"""doctor: everything a new office gets wrong, looked at before the first mail, a line each.

Enters: settings, and whatever they name: rules, data folder, servers, this machine. Leaves: checks,
each with a state and, where it is not well, what to do. Nothing is sent unless asked, nothing taken
in, nothing changed; each server is asked for one login.
"""
