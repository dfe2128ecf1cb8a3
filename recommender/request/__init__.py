"""What is asked for: options, drafts, and the profile of what a reader is at."""
