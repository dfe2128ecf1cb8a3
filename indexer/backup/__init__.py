"""Backups: taken while everything runs, verified, put back."""
