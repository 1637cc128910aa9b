"""What a firm file may say, and what follows from it. No network, no engine."""
