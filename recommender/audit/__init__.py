"""What editors look at: who is sent where, doubtful sections, assertions."""
