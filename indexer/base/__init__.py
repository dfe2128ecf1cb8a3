"""What everything else stands on: errors, files that survive a crash, processes, progress."""
