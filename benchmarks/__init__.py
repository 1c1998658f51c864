"""Speed against peers, false alarms and detection. `make bench` runs them all."""
