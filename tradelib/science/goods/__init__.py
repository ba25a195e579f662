"""Which goods two countries trade, and which could fill a gap."""
