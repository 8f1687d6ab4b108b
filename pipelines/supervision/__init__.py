"""The programs that run on after ``ehr up``: started, watched and stopped."""
