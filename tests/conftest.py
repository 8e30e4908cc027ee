"""Settings of all tests: a property has no deadline, because a busy machine is no fault."""

from hypothesis import settings

settings.register_profile("policytext", deadline=None)
settings.load_profile("policytext")
