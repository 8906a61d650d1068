"""Onboarding: a new site looked at, described and checked."""
