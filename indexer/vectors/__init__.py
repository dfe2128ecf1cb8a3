"""Vector spaces: what turns articles and queries into vectors that are near each other when they mean the same."""
