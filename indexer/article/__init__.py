"""An article as it is accepted, and how its addresses and dates are read."""
