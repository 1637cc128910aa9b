"""Dynamic providers for Pulumi: what keeps a firm's set-up at its vendors as its files say."""
