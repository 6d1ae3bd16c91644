"""The instance that the scenarios are about; who plays them elsewhere sets these before anything else is imported."""

HOST = "meet.vc4all.test"
SECRET = "thesecretofthetestsuiteandnothingelse"
JVB_PASSWORD = "jvbpasswordofthetestsuite"
