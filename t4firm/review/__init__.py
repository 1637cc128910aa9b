"""What a change of a firm's files means, for the people who review it: compared, put in words, made safe to
show."""
